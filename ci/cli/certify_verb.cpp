#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>

#include "ci/certify/machine_versions.hpp"
#include "ci/cli/campaign_journal.hpp"
#include "ci/cli/certification_end.hpp"
#include "ci/cli/certify_progress.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/manifest_session.hpp"
#include "ci/cli/report_files.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/shard_choice.hpp"
#include "ci/cli/shard_folder.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/pattern.hpp"
#include "harness/linux/digest.hpp"

namespace exitproof::cli {
namespace {

struct CertifyOptions {
  std::string manifest = usual_manifest;
  std::vector<std::string> only;
  std::string out = usual_results;
  std::string jobs;
  std::string seed;
  std::string level;
  std::string annotations;
  std::string shard;
  bool times = false;
  bool resume = false;
};

std::string now_in_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

/// Takes the scenarios that --only names; whether these are fewer than the manifest has.
bool choose(ReleaseManifest& manifest, const std::vector<std::string>& only) {
  const std::size_t all = manifest.scenarios.size();
  for (const std::string& name : only) {
    const auto is_meant = [&](const ManifestScenario& one) { return glob_matches(name, one.name); };
    if (std::ranges::none_of(manifest.scenarios, is_meant)) {
      throw UsageError(fmt::format("--only expects the name of a scenario of {}, or a glob for some, and found \"{}\"",
                                   manifest.path.string(), name));
    }
  }
  if (only.empty()) return false;
  std::erase_if(manifest.scenarios, [&](const ManifestScenario& one) {
    return std::ranges::none_of(only, [&](const std::string& name) { return glob_matches(name, one.name); });
  });
  return manifest.scenarios.size() < all;
}

ReleaseManifest wanted_manifest(const CertifyOptions& options) {
  ReleaseManifest manifest = usable_manifest(options.manifest);
  if (!options.seed.empty()) manifest.seed = number_value("--seed", options.seed, 0);
  if (options.level.empty()) return manifest;
  try {
    const Level level = Level::parse(options.level);
    for (ManifestScenario& scenario : manifest.scenarios) scenario.level = level;
  } catch (const ParseError& error) {
    throw malformed("--level", options.level, error);
  }
  return manifest;
}

/// The part of the trials that is made here. Its subjects do not learn of it.
ShardChoice wanted_shard(const CertifyOptions& options, ReleaseManifest& manifest) {
  const ShardChoice choice = shard_choice(options.shard, own_variable);
  acknowledge_shard(own_variable);
  if (!choice.from.empty()) {
    for (ManifestScenario& one : manifest.scenarios) withhold_shard(one.scenario.environment);
  }
  if (!choice.shard.is_whole() && options.annotations == "github") {
    throw UsageError("--annotations github belongs to exitproof merge, which tells of what all shards found");
  }
  return choice;
}

/// A certification goes on only with the files that it was begun with.
JournalHead head_of(const ReportContext& context, const ManifestScenario& scenario, const SearchOptions& search,
                    const Provenance& provenance) {
  ReportContext own = context;
  own.scenario_options = scenario.options();
  JournalHead head = journal_head(own, scenario.scenario, search);
  sys::Digest digest;
  digest.add(head.program_files);
  const auto add = [&](const std::vector<DigestedFile>& files) {
    for (const DigestedFile& file : files) digest.add(fmt::format("{} {}\n", file.sha256, file.name));
  };
  add(provenance.artefacts);
  const auto own_files = std::ranges::find(provenance.scenarios, scenario.name, &ScenarioProvenance::name);
  if (own_files != provenance.scenarios.end()) add(own_files->files);
  head.program_files = digest.print();
  return head;
}

/// One call of certify.
class Certifying {
 public:
  Certifying(const CertifyOptions& options, const Invocation& invocation)
      : options_(options),
        context_(invocation.context),
        manifest_(wanted_manifest(options)),
        chosen_(choose(manifest_, options.only)),
        shard_(wanted_shard(options, manifest_)),
        annotates_(wants_annotations(options.annotations)),
        files_(options.out),
        folder_(options.out),
        provenance_(usable_provenance(manifest_, context_.tool, digests_before_)),
        output_(interrupts_) {}

  int run() {
    output_.print(fmt::format("{}: {} {}, {}, seed {}\n", context_.tool, manifest_.library, manifest_.version,
                              counted(manifest_.scenarios.size(), "scenario"), manifest_.seed));
    if (is_part()) output_.print(fmt::format("shard {} ({})\n", shard_.shard.print(), shard_.from));
    if (is_part() && !options_.resume) folder_.clear();
    if (keeps_journals()) folder_.make();
    if (is_part()) folder_.write(release_shard());
    try_all();
    output_.clear_progress();
    if (interrupts_.signal() != 0) return end_by_interrupt();
    times_.ended = now_in_utc();
    FileDigests digests;
    const auto changed = first_difference(provenance_, usable_provenance(manifest_, context_.tool, digests));
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      add_what_runs_show(outcomes_[i].result.survey, manifest_, provenance_.artefacts, digests,
                         provenance_.scenarios[i]);
    }
    return finish(interrupts_, is_part() ? end_shard(changed) : end_whole(changed));
  }

 private:
  bool is_part() const { return !shard_.shard.is_whole(); }
  bool keeps_journals() const { return options_.resume || is_part(); }

  void try_all() {
    CertifyProgress progress(output_, context_, manifest_.scenarios.size(), shard_.shard);
    for (ManifestScenario scenario : manifest_.scenarios) {
      const std::unique_ptr<TrialService> service = service_for(scenario, options_.jobs, interrupts_);
      SearchOptions search = scenario.search(manifest_.seed);
      search.in_another_second = await_next_second;
      search.shard = shard_.shard;
      search.reads = true;
      CampaignJournal journal(keeps_journals() ? folder_.journal(scenario.name) : std::string(),
                              head_of(context_, scenario, search, provenance_));
      TrialService& answering = journal.over(*service, search);
      outcomes_.push_back(try_scenario(answering, scenario, search, progress));
      journal.end(outcomes_.back().result);
      if (interrupts_.signal() != 0 || outcomes_.back().result.interrupted) break;
    }
  }

  int end_by_interrupt() {
    if (!is_part()) output_.print(describe_refusal(manifest_, outcomes_, context_, output_.paint()));
    const std::string_view then = options_.resume ? "the same command goes on"
                                  : is_part()     ? "the same command with --resume goes on"
                                                  : "no file was written";
    output_.print(fmt::format("interrupted in scenario {} of {}: no certificate, and {}\n", outcomes_.size(),
                              manifest_.scenarios.size(), then));
    return finish(interrupts_, exit_harness_failed);
  }

  ExitStatus end_whole(const std::optional<std::string>& changed) {
    const ExitStatus status = end_certification({.manifest = manifest_,
                                                 .outcomes = outcomes_,
                                                 .provenance = provenance_,
                                                 .context = context_,
                                                 .chosen = chosen_,
                                                 .changed = changed,
                                                 .annotates = annotates_,
                                                 .times = wanted_times()},
                                                files_, output_);
    // With the journals of what has come to its end a second certification would try nothing.
    const auto has_more = [](const ScenarioOutcome& one) { return one.result.out_of_time; };
    if (options_.resume && std::ranges::none_of(outcomes_, has_more)) folder_.clear();
    return status;
  }

  ExitStatus end_shard(const std::optional<std::string>& changed) {
    ReleaseShard record = release_shard();
    record.complete = !changed;
    record.times = wanted_times();
    for (const ScenarioOutcome& outcome : outcomes_) {
      const auto& refusal = outcome.result.survey.refusal;
      if (refusal) record.refused.push_back(fmt::format("{}: {}", outcome.asked.name, *refusal));
      if (refusal) output_.print(fmt::format("{}: {}\n", outcome.asked.name, plain_line(*refusal)));
    }
    folder_.write(record);
    if (changed) {
      throw UsageError(fmt::format("{} was changed while it was tried: this shard is of no use", *changed));
    }
    output_.print(fmt::format("shard {} is in {}; when all are there: exitproof merge DIR...\n", shard_.shard.print(),
                              options_.out));
    return loudest(outcomes_, status_of_shard);
  }

  ReleaseShard release_shard() const {
    return {.shard = shard_.shard,
            .manifest_path = std::filesystem::absolute(manifest_.path).string(),
            .manifest = manifest_.text,
            .seed = manifest_.seed,
            .level = options_.level,
            .chosen = chosen_,
            .provenance = provenance_};
  }

  std::optional<CertificateTimes> wanted_times() const { return options_.times ? std::optional(times_) : std::nullopt; }

  const CertifyOptions& options_;
  const ReportContext& context_;
  ReleaseManifest manifest_;
  bool chosen_;
  ShardChoice shard_;
  bool annotates_;
  CertificationFiles files_;
  ShardFolder folder_;
  FileDigests digests_before_;
  Provenance provenance_;
  CertificateTimes times_{.began = now_in_utc(), .ended = {}};
  Interrupts interrupts_;
  Output output_;
  std::vector<ScenarioOutcome> outcomes_;
};

}  // namespace

Verb add_certify(CLI::App& app) {
  const auto options = std::make_shared<CertifyOptions>();
  CLI::App* verb = app.add_subcommand("certify", "try all scenarios of a manifest and certify what held");
  set_usage(*verb, "exitproof certify [OPTIONS] [MANIFEST]");
  set_examples(*verb, {{"exitproof certify", "what exitproof.toml names, each scenario at its level"},
                       {"exitproof certify --level smoke --only serve", "a quick look at one of them"},
                       {"exitproof certify --shard 3/8 --out shards/3", "one of eight parts: see merge"}});
  verb->add_option("MANIFEST", options->manifest, "what is tried, in TOML; see exitproof init")
      ->default_str(options->manifest);
  verb->add_option("--only", options->only,
                   "this scenario, or those that the glob names, without a certificate; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb->add_option("--out", options->out, "the directory for certificate.json, trials.jsonl, results and reports")
      ->type_name("DIR")
      ->default_str(options->out);
  verb->add_option("--jobs", options->jobs, "workers; as many as CPUs without")->type_name("N");
  verb->add_option("--seed", options->seed, "instead of the manifest's")->type_name("N");
  verb->add_option("--level", options->level, "instead of the manifest's, for all scenarios")
      ->type_name("smoke|exhaustive|exhaustive+second[:N]|random:N");
  add_annotations_option(*verb, options->annotations);
  verb->add_option("--shard", options->shard,
                   "make the I-th of N parts of the trials, from 1; exitproof merge joins their directories")
      ->type_name("I/N");
  verb->add_flag("--times", options->times,
                 "say in the certificate when it was made; without, the same campaign gives the same bytes");
  verb->add_flag("--resume", options->resume,
                 "keep journals in DIR, with which the same command goes on where one that was ended was");
  return {verb, 1, false, [options](const Invocation& invocation) { return Certifying(*options, invocation).run(); }};
}

}  // namespace exitproof::cli
