#include <fmt/format.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "ci/cli/command_line.hpp"
#include "ci/cli/evidence_folder.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/help.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/verbs.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/merge.hpp"

namespace exitproof::cli {
namespace {

struct MergeOptions {
  std::vector<std::string> journals;
  std::string json;
  std::string evidence;
  std::string into;
};

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

std::string describe_beyond(const Merged& merged, const ReportContext& context, const Paint& paint) {
  if (merged.beyond == 0) return {};
  std::string text =
      fmt::format("{} of the shards are more than one run would have made\n", counted_trials(merged.beyond));
  for (const Finding& finding : merged.beyond_findings)
    text += "found there:\n" + describe_finding(finding, context, paint);
  return text;
}

int execute(const MergeOptions& options, const Invocation& invocation) {
  std::vector<JournalRecords> journals;
  for (const std::string& path : options.journals) journals.emplace_back(path);
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
  output.print(describe_beyond(merged, context, output.paint()));
  output.print(describe_time(merged));
  output.print(describe_missing(merged, options.into));
  json.write(result_to_json(merged.result, context), output);
  const bool all_held = status_of_result(merged.result) == exit_held;
  const int status = all_held && !merged.beyond_findings.empty() ? exit_violated : status_of_result(merged.result);
  return finish(interrupts, status);
}

}  // namespace

Verb add_merge(CLI::App& app) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App* verb = app.add_subcommand("merge", "join the journals of all shards of a campaign into its result");
  set_usage(*verb, "exitproof merge [OPTIONS] JOURNAL...");
  set_examples(*verb, {{"exitproof merge shard-1 shard-2 shard-3", "what all three showed"},
                       {"exitproof merge --into all shard-*", "then run --journal all makes what none of them made"}});
  verb->add_option("JOURNAL", options->journals, "what run --journal --shard I/N has kept, one of each shard")
      ->required();
  verb->add_option("--json", options->json, "write the result there too; - for standard output")->type_name("FILE");
  verb->add_option("--evidence", options->evidence, "keep the evidence of the survey and of findings there")
      ->type_name("DIR");
  verb->add_option("--into", options->into, "write a journal of all shards there, with which one run goes on")
      ->type_name("FILE");
  const auto all = std::numeric_limits<std::size_t>::max();
  return {verb, all, false, [options](const Invocation& invocation) { return execute(*options, invocation); }};
}

}  // namespace exitproof::cli
