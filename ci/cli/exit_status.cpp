#include "ci/cli/exit_status.hpp"

namespace exitproof::cli {

ExitStatus status_of_refusal(std::string_view why) {
  if (why.starts_with("cannot execute")) return exit_usage;
  if (why.starts_with("cannot be tried") || why.starts_with("the driver failed")) return exit_cannot_try;
  return exit_harness_failed;
}

ExitStatus status_of_result(const CampaignResult& result) {
  if (result.survey.refusal) return status_of_refusal(*result.survey.refusal);
  if (!result.findings.empty()) return exit_violated;
  if (result.trials.harness_error > 0) return exit_harness_failed;
  if (result.trials.held == 0) return exit_nothing_tried;
  return result.baseline.ended ? exit_held : exit_cannot_try;
}

ExitStatus status_of_replay(const ReplayResult& replay, const FaultPlan& plan) {
  const ExitStatus status = status_of_result(replay.result);
  if (!replay.verification || (status != exit_held && status != exit_nothing_tried)) return status;
  if (replay.verification->times < 2) return exit_harness_failed;
  return replay.verification->differs(plan.schedule.has_value()) ? exit_violated : status;
}

}  // namespace exitproof::cli
