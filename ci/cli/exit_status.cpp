#include "ci/cli/exit_status.hpp"

#include "ci/report/conclusion.hpp"

namespace exitproof::cli {

ExitStatus status_of_refusal(std::string_view why) {
  if (why.starts_with("cannot execute")) return exit_usage;
  if (why.starts_with("cannot be tried") || why.starts_with("the driver failed")) return exit_cannot_try;
  return exit_harness_failed;
}

ExitStatus status_of_result(const CampaignResult& result) {
  if (result.survey.refusal) return status_of_refusal(*result.survey.refusal);
  switch (conclusion_of(result)) {
    case Conclusion::held:
      return exit_held;
    case Conclusion::refused:
    case Conclusion::nothing_tried:
      return exit_nothing_tried;
    case Conclusion::cannot_be_tried:
      return exit_cannot_try;
    case Conclusion::harness_failed:
      return exit_harness_failed;
    case Conclusion::violated:
      return exit_violated;
  }
  return exit_harness_failed;
}

ExitStatus status_of_replay(const ReplayResult& replay, const FaultPlan& plan) {
  const ExitStatus status = status_of_result(replay.result);
  if (!replay.verification || (status != exit_held && status != exit_nothing_tried)) return status;
  if (replay.verification->times < 2) return exit_harness_failed;
  return replay.verification->differs(plan.schedule.has_value()) ? exit_violated : status;
}

}  // namespace exitproof::cli
