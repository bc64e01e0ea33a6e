#include "ci/cli/exit_status.hpp"

#include <gtest/gtest.h>

namespace exitproof::cli {
namespace {

CampaignResult with(const Tally& trials, std::size_t findings = 0) {
  CampaignResult result;
  result.trials = trials;
  result.findings.resize(findings);
  return result;
}

TEST(ExitStatus, FollowsFromTheResult) {
  EXPECT_EQ(status_of_result(with({.planned = 9, .held = 3})), exit_held);
  EXPECT_EQ(status_of_result(with({.held = 3, .not_exercised = 3})), exit_held);
  EXPECT_EQ(status_of_result(with({.planned = 9, .held = 3}, 1)), exit_violated);
  EXPECT_EQ(status_of_result(with({.not_exercised = 3})), exit_nothing_tried);
  EXPECT_EQ(status_of_result(with({})), exit_nothing_tried);
  EXPECT_EQ(status_of_result(with({.held = 3, .harness_error = 1})), exit_harness_failed);
  EXPECT_EQ(status_of_result(with({.harness_error = 1}, 1)), exit_violated);
}

TEST(ExitStatus, OfARefusalFollowsFromItsReason) {
  CampaignResult result;
  result.survey.refusal = "cannot execute ls: No such file or directory";
  EXPECT_EQ(status_of_result(result), exit_usage);
  result.survey.refusal = "cannot be tried on this machine: unshare: EPERM";
  EXPECT_EQ(status_of_result(result), exit_cannot_try);
  result.survey.refusal = "the driver failed in a fault-free run (exit 7): curl";
  EXPECT_EQ(status_of_result(result), exit_cannot_try);
  result.survey.refusal = "the worker ended with SIGKILL";
  EXPECT_EQ(status_of_result(result), exit_harness_failed);
}

}  // namespace
}  // namespace exitproof::cli
