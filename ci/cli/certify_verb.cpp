#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <memory>
#include <utility>

#include "ci/certify/outcome.hpp"
#include "ci/cli/campaign_journal.hpp"
#include "ci/cli/certification_files.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/manifest_session.hpp"
#include "ci/cli/report_files.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/github_annotations.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/pattern.hpp"
#include "harness/linux/digest.hpp"

namespace exitproof::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct CertifyOptions {
  std::string manifest = usual_manifest;
  std::vector<std::string> only;
  std::string out = "exitproof-results";
  std::string jobs;
  std::string seed;
  std::string level;
  std::string annotations;
  bool times = false;
  bool resume = false;
};

constexpr const char* journals_name = "journals";

std::string now_in_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string plural(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
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

/// Says what is being tried, how long it may still take, and what came of it.
class ConsoleProgress : public CertifyListener {
 public:
  ConsoleProgress(Output& output, const ReportContext& context, std::size_t scenarios)
      : output_(output), context_(context), scenarios_(scenarios) {}

  void begins(const ManifestScenario& scenario) override {
    scenario_ = &scenario;
    ++number_;
    found_one_ = false;
    output_.print(fmt::format("[{}/{}] {}: level {}\n", number_, scenarios_, scenario.name, scenario.level.print()));
    output_.show_progress("surveying");
  }

  void surveyed(const CampaignResult& so_far) override {
    output_.print(describe_survey(so_far));
    began_ = Clock::now();
  }

  void progress(const CampaignResult& so_far) override {
    output_.show_progress(fmt::format("[{}/{}] {}: {}{}", number_, scenarios_, scenario_->name,
                                      describe_progress(so_far), time_left(so_far.trials)));
  }

  void found(const Finding& finding) override {
    if (std::exchange(found_one_, true)) return;
    ReportContext own = context_;
    own.scenario_options = scenario_->options();
    own.command = scenario_->scenario.command;
    output_.print("first finding:\n" + describe_finding(finding, own, output_.paint()));
  }

  void ended(const ScenarioOutcome& outcome) override {
    const Tally& trials = outcome.result.trials;
    const std::string words =
        fmt::format("{}: {} at {}, {} held, {} not exercised", outcome.asked.name, plural(trials.total, "trial"),
                    plural(outcome.result.sites_tried, "site"), trials.held, trials.not_exercised);
    const std::string allowed =
        outcome.allowed.empty() ? "" : fmt::format(", {} allowed", plural(outcome.allowed.size(), "finding"));
    const std::string others =
        outcome.result.findings.empty() ? "" : fmt::format(", {}", plural(outcome.result.findings.size(), "finding"));
    output_.print(words + allowed + others + '\n');
  }

 private:
  /// By the rate so far, and no more than the budget leaves.
  std::string time_left(const Tally& trials) const {
    if (trials.total == 0) return {};
    const auto past = std::chrono::duration_cast<Millis>(Clock::now() - began_);
    const std::uint64_t to_come = trials.planned - std::min(trials.planned, trials.total);
    const Millis needed(static_cast<std::uint64_t>(past.count()) * to_come / trials.total);
    const Millis left = std::clamp(needed, Millis{0}, std::max(scenario_->time - past, Millis{0}));
    const std::size_t more = scenarios_ - number_;
    return fmt::format(", about {} s left{}", std::chrono::ceil<std::chrono::seconds>(left).count(),
                       more == 0 ? "" : fmt::format(", then {}", plural(more, "scenario")));
  }

  Output& output_;
  const ReportContext& context_;
  std::size_t scenarios_;
  std::size_t number_ = 0;
  bool found_one_ = false;
  const ManifestScenario* scenario_ = nullptr;
  Clock::time_point began_ = Clock::now();
};

/// What could not be asked, once for all scenarios that share it.
std::string describe_all_skips(const std::vector<ScenarioOutcome>& outcomes) {
  std::vector<Skip> all;
  for (const ScenarioOutcome& outcome : outcomes) {
    for (const Skip& skip : outcome.result.skipped) {
      if (std::ranges::find(all, skip) == all.end()) all.push_back(skip);
    }
  }
  return describe_skips(all);
}

/// A file that may be left is seen in no finding, so that only rules for findings can be seen to be unused.
std::string describe_unused(const ScenarioOutcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.asked.allowances.size(); ++i) {
    const Allowance& allowance = outcome.asked.allowances[i];
    if (!allowance.file.empty() || std::ranges::find(outcome.by, i) != outcome.by.end()) continue;
    text += fmt::format("{}: nothing needed the allowance of {} ({})\n", outcome.asked.name, allowance.invariant,
                        allowance.reason);
  }
  return text;
}

/// Why there is no certificate; empty: there is one.
std::string describe_refusal(const ReleaseManifest& manifest, const std::vector<ScenarioOutcome>& outcomes,
                             const ReportContext& context, const Paint& paint) {
  std::string text;
  const Certification certification = certification_of(manifest, outcomes, context);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const ScenarioOutcome& outcome = outcomes[i];
    if (outcome.may_be_certified()) continue;
    text += paint.bold(outcome.asked.name) + '\n';
    for (const Finding& finding : outcome.result.findings) {
      text += describe_finding(finding, certification.scenarios[i].context, paint) + '\n';
    }
    for (const std::string& lack : outcome.lacks) text += fmt::format("  {}\n", plain_line(lack));
  }
  return text;
}

ExitStatus status_of(const ScenarioOutcome& outcome) {
  const CampaignResult& result = outcome.result;
  if (result.survey.refusal) return status_of_refusal(*result.survey.refusal);
  if (!result.findings.empty()) return exit_violated;
  if (result.trials.harness_error > 0) return exit_harness_failed;
  if (!result.baseline.ended || result.gave_up) return exit_cannot_try;
  return outcome.lacks.empty() ? exit_held : exit_nothing_tried;
}

/// That which speaks loudest.
ExitStatus status_of(const std::vector<ScenarioOutcome>& outcomes) {
  for (const ExitStatus status :
       {exit_violated, exit_harness_failed, exit_usage, exit_cannot_try, exit_nothing_tried}) {
    if (std::ranges::any_of(outcomes, [&](const ScenarioOutcome& one) { return status_of(one) == status; })) {
      return status;
    }
  }
  return exit_held;
}

/// Where the journal of a scenario is; empty: none is kept.
std::string journal_path(const CertifyOptions& options, const std::string& scenario) {
  if (!options.resume) return {};
  const std::filesystem::path folder = std::filesystem::path(options.out) / journals_name;
  std::filesystem::create_directories(folder);
  std::string name = scenario;
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || c == '.'; }, '_');
  sys::Digest digest;  // names that look alike now are still two
  digest.add(scenario);
  return (folder / (name + '-' + digest.print())).string();
}

/// With the journals of what has come to its end a second certification would try nothing.
void remove_journals(const CertifyOptions& options, const std::vector<ScenarioOutcome>& outcomes) {
  const auto has_more = [](const ScenarioOutcome& one) { return one.result.out_of_time; };
  if (!options.resume || std::ranges::any_of(outcomes, has_more)) return;
  std::filesystem::remove_all(std::filesystem::path(options.out) / journals_name);
}

std::vector<ScenarioOutcome> try_all(const ReleaseManifest& manifest, const CertifyOptions& options,
                                     const ReportContext& context, const Interrupts& interrupts,
                                     CertifyListener& listener) {
  std::vector<ScenarioOutcome> outcomes;
  for (ManifestScenario scenario : manifest.scenarios) {
    const std::unique_ptr<TrialService> service = service_for(scenario, options.jobs, interrupts);
    SearchOptions search = scenario.search(manifest.seed);
    search.after_first_run = await_next_second;
    ReportContext own = context;
    own.scenario_options = scenario.options();
    CampaignJournal journal(journal_path(options, scenario.name), journal_head(own, scenario.scenario, search));
    TrialService& answering = journal.over(*service, search);
    outcomes.push_back(try_scenario(answering, scenario, search, listener));
    journal.end(outcomes.back().result);
    if (interrupts.signal() != 0 || outcomes.back().result.interrupted) break;
  }
  return outcomes;
}

int execute(const CertifyOptions& options, const Invocation& invocation) {
  ReleaseManifest manifest = wanted_manifest(options);
  const bool chosen = choose(manifest, options.only);
  const bool annotates = wants_annotations(options.annotations);
  const CertificationFiles files(options.out);
  CertificateTimes times{.began = now_in_utc(), .ended = {}};
  Interrupts interrupts;
  Output output(interrupts);
  output.print(fmt::format("{}: {} {}, {}, seed {}\n", invocation.context.tool, manifest.library, manifest.version,
                           plural(manifest.scenarios.size(), "scenario"), manifest.seed));
  ConsoleProgress progress(output, invocation.context, manifest.scenarios.size());
  const std::vector<ScenarioOutcome> outcomes = try_all(manifest, options, invocation.context, interrupts, progress);
  output.clear_progress();
  if (interrupts.signal() != 0) {
    output.print(describe_refusal(manifest, outcomes, invocation.context, output.paint()));
    output.print(fmt::format("interrupted in scenario {} of {}: no certificate, and {}\n", outcomes.size(),
                             manifest.scenarios.size(),
                             options.resume ? "the same command goes on" : "no file was written"));
    return finish(interrupts, exit_harness_failed);
  }
  times.ended = now_in_utc();
  const std::string trials = print_trials(outcomes);
  files.remove_certificate();
  remove_journals(options, outcomes);
  const Certification certification = certification_of(manifest, outcomes, invocation.context);
  files.write_results(certification, trials);
  output.print(describe_all_skips(outcomes));
  for (const ScenarioOutcome& outcome : outcomes) output.print(describe_unused(outcome));
  const std::string refusal = describe_refusal(manifest, outcomes, invocation.context, output.paint());
  const std::string folder = std::filesystem::relative(files.folder()).string();
  if (!refusal.empty()) {
    output.print(
        fmt::format("{}\n{}results in {}\n", output.paint().red("REFUSED: there is no certificate"), refusal, folder));
  } else if (chosen) {
    output.print(fmt::format("these scenarios would be certified; with --only there is no certificate, results in {}\n",
                             folder));
  } else {
    files.write_certificate(
        make_certificate(manifest, outcomes, trials, options.times ? std::optional(times) : std::nullopt));
    output.print(fmt::format("{}: {}/certificate.json\n", output.paint().green("certified"), folder));
  }
  if (annotates) output.print(certification_to_github_annotations(certification));
  return finish(interrupts, status_of(outcomes));
}

}  // namespace

Verb add_certify(CLI::App& app) {
  const auto options = std::make_shared<CertifyOptions>();
  CLI::App* verb = app.add_subcommand("certify", "try all scenarios of a manifest and certify what held");
  set_usage(*verb, "exitproof certify [OPTIONS] [MANIFEST]");
  set_examples(*verb, {{"exitproof certify", "what exitproof.toml names, each scenario at its level"},
                       {"exitproof certify --level smoke --only serve", "a quick look at one of them"}});
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
  verb->add_flag("--times", options->times,
                 "say in the certificate when it was made; without, the same campaign gives the same bytes");
  verb->add_flag("--resume", options->resume,
                 "keep journals in DIR, with which the same command goes on where one that was ended was");
  return {verb, 1, false, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
