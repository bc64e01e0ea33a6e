#include "ci/cli/exit_status.hpp"

#include <gtest/gtest.h>

#include <memory>

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

TEST(ExitStatus, OfASubjectThatNeverEndsIsNoPlainSuccess) {
  CampaignResult result = with({.held = 3});
  result.baseline.ended = false;
  EXPECT_EQ(status_of_result(result), exit_cannot_try);
  result.findings.resize(1);
  EXPECT_EQ(status_of_result(result), exit_violated);
}

TEST(ExitStatus, OfARefusalFollowsFromItsReason) {
  const auto refused = [](const char* why) {
    const auto result = std::make_unique<CampaignResult>();
    result->survey.refusal = why;
    return status_of_result(*result);
  };
  EXPECT_EQ(refused("cannot execute ls: No such file or directory"), exit_usage);
  EXPECT_EQ(refused("cannot be tried on this machine: unshare: EPERM"), exit_cannot_try);
  EXPECT_EQ(refused("the driver failed in a fault-free run (exit 7): curl"), exit_cannot_try);
  EXPECT_EQ(refused("the worker ended with SIGKILL"), exit_harness_failed);
}

}  // namespace
}  // namespace exitproof::cli
