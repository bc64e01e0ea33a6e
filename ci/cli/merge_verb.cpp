#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "ci/certify/release_shard.hpp"
#include "ci/cli/certification_files.hpp"
#include "ci/cli/command_line.hpp"
#include "ci/cli/evidence_folder.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/merge_certification.hpp"
#include "ci/cli/report_files.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/github_annotations.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/merge.hpp"

namespace exitproof::cli {
namespace {

struct MergeOptions {
  std::vector<std::string> parts;  ///< journals of run, or folders of certify
  std::string json;
  std::string evidence;
  std::string into;
  std::string out;
  std::string annotations;
};

/// Whether these are folders of certify --shard, and not journals. Throws UsageError for a mixture, and for options of
/// the others.
bool are_folders(const MergeOptions& options) {
  namespace fs = std::filesystem;
  std::error_code unknown;
  for (const std::string& part : options.parts) {
    if (fs::exists(part, unknown)) continue;
    throw UsageError(fmt::format(
        "merge expects journals of run --shard, or directories of certify --shard, and \"{}\" is not there", part));
  }
  const auto is_folder = [&](const std::string& part) { return fs::is_directory(part, unknown); };
  const auto folders = std::ranges::count_if(options.parts, is_folder);
  if (folders == 0) {
    if (!options.out.empty()) throw UsageError("--out belongs to the shards of certify, and these are journals of run");
    return false;
  }
  const auto other = std::ranges::find_if_not(options.parts, is_folder);
  if (other != options.parts.end()) {
    throw UsageError(
        fmt::format("merge expects either journals or directories, and found both: {} is no directory", *other));
  }
  if (!options.json.empty() || !options.evidence.empty() || !options.into.empty()) {
    throw UsageError("--json, --evidence and --into belong to the shards of run, and these are of certify");
  }
  return true;
}

class KeepingListener : public CampaignListener {
 public:
  explicit KeepingListener(const EvidenceFolder& folder) : folder_(folder) {}
  void keep(const std::string& name, const Evidence& evidence) override { folder_.keep(name, evidence); }

 private:
  const EvidenceFolder& folder_;
};

/// What made the result: the tool and the kernel of the shards, not ours.
ReportContext context_of(const JournalHead& head, const ReportContext& ours) {
  ReportContext context = ours;
  context.tool = head.tool;
  context.kernel = head.kernel;
  context.scenario_options = head.scenario_options;
  context.command = head.scenario.command;
  context.seeded = head.search.seeded;
  return context;
}

std::string counted_trials(std::uint64_t count) {
  return fmt::format("{} trial{}", count, count == 1 ? "" : "s");
}

std::string describe_missing(const Merged& merged, const std::string& into) {
  if (merged.missing.empty()) return {};
  const std::string file = into.empty() ? "FILE" : into;
  std::string text = fmt::format("{} that one run would have made {} in no journal:\n",
                                 counted_trials(merged.missing.size()), merged.missing.size() == 1 ? "is" : "are");
  constexpr std::size_t shown = 5;
  for (std::size_t i = 0; i < std::min(merged.missing.size(), shown); ++i) {
    text += "  " + plain_line(merged.missing[i]) + '\n';
  }
  if (merged.missing.size() > shown) text += fmt::format("  and {} more\n", merged.missing.size() - shown);
  return text + fmt::format(
                    "to make them: exitproof merge --into {} JOURNAL..., and the command of the shards with "
                    "--journal {} --shard 1/1\n",
                    file, file);
}

std::string describe_time(const Merged& merged) {
  std::string text;
  for (const Shard& shard : merged.out_of_time) {
    text += fmt::format("the time of shard {} ran out: what it tried depended on how fast its machine was\n",
                        shard.print());
  }
  return text;
}

std::string describe_beyond(const Merged& merged) {
  if (merged.beyond == 0) return {};
  std::string text = fmt::format("{} of the shards {} more than one run would have made", counted_trials(merged.beyond),
                                 merged.beyond == 1 ? "is" : "are");
  if (merged.beyond_violated > 0) {
    text += fmt::format("; {} of them {} what no other does, and {} counted", merged.beyond_violated,
                        merged.beyond_violated == 1 ? "shows" : "show", merged.beyond_violated == 1 ? "is" : "are");
  }
  return text + '\n';
}

int merge_run(const MergeOptions& options, const Invocation& invocation) {
  const bool annotates = wants_annotations(options.annotations);
  std::vector<JournalRecords> journals;
  for (const std::string& path : options.parts) journals.emplace_back(path);
  check_shards(journals);
  Interrupts interrupts;
  Output output(interrupts);
  const JsonFile json(options.json, output);
  const EvidenceFolder folder(options.evidence);
  KeepingListener listener(folder);
  if (!options.into.empty()) write_merged(journals, options.into);
  const Merged merged = merge_shards(journals, listener);
  const ReportContext context = context_of(*journals.front().head(), invocation.context);
  if (merged.result.survey.refusal) throw JournalError(*merged.result.survey.refusal);
  output.print(describe_survey(merged.result));
  output.print(describe_result(merged.result, context, output.paint()));
  output.print(describe_beyond(merged));
  output.print(describe_time(merged));
  output.print(describe_missing(merged, options.into));
  json.write(result_to_json(merged.result, context), output);
  if (annotates) {
    Certification certification;
    certification.scenarios.push_back({.name = {}, .level = {}, .context = context, .result = merged.result});
    output.print(certification_to_github_annotations(certification));
  }
  return finish(interrupts, status_of_result(merged.result));
}

int execute(const MergeOptions& options, const Invocation& invocation) {
  if (!are_folders(options)) return merge_run(options, invocation);
  const CertificationMerge merge{.folders = options.parts,
                                 .out = options.out.empty() ? usual_results : options.out,
                                 .annotates = wants_annotations(options.annotations)};
  try {
    return merge_certification(merge, invocation.context);
  } catch (const ShardsError& error) {
    throw UsageError(error.what());
  } catch (const ManifestError& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

Verb add_merge(CLI::App& app) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App* verb = app.add_subcommand("merge", "join all shards of a campaign or of a certification into its result");
  set_usage(*verb, "exitproof merge [OPTIONS] JOURNAL|DIR...");
  set_examples(*verb, {{"exitproof merge shard-1 shard-2 shard-3", "what all three showed"},
                       {"exitproof merge --into all shard-*", "then run --journal all makes what none of them made"},
                       {"exitproof merge shards/* --out exitproof-results", "the certificate of a release"}});
  verb->add_option("PART", options->parts,
                   "what run --journal, or certify --out, with --shard I/N has kept: one of each shard")
      ->required();
  verb->add_option("--json", options->json, "write the result there too; - for standard output")->type_name("FILE");
  verb->add_option("--evidence", options->evidence, "keep the evidence of the survey and of findings there")
      ->type_name("DIR");
  verb->add_option("--into", options->into, "write a journal of all shards there, with which one run goes on")
      ->type_name("FILE");
  verb->add_option("--out", options->out, "of a certification: the directory for certificate, results and reports")
      ->type_name("DIR")
      ->default_str(usual_results);
  add_annotations_option(*verb, options->annotations);
  const auto all = std::numeric_limits<std::size_t>::max();
  return {verb, all, false, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
