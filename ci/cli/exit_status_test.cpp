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

ReplayResult verified(unsigned times, unsigned same, unsigned same_by_thread, std::size_t outcomes = 1) {
  ReplayResult replay;
  replay.result = with({.held = times});
  replay.verification.emplace();
  replay.verification->times = times;
  replay.verification->same = same;
  replay.verification->same_by_thread = same_by_thread;
  replay.verification->outcomes.resize(outcomes);
  return replay;
}

TEST(ExitStatus, OfAVerifiedReplaySaysWhetherItWasTheSame) {
  const FaultPlan free = FaultPlan::parse("kill@0:write:1");
  const FaultPlan seeded = FaultPlan::parse("kill@0:write:1,schedule=7");
  EXPECT_EQ(status_of_replay(verified(3, 3, 3), free), exit_held);
  EXPECT_EQ(status_of_replay(verified(3, 1, 3), free), exit_held);
  EXPECT_EQ(status_of_replay(verified(3, 1, 3), seeded), exit_violated);
  EXPECT_EQ(status_of_replay(verified(3, 2, 2), free), exit_held);
  EXPECT_EQ(status_of_replay(verified(3, 2, 2), seeded), exit_violated);
  EXPECT_EQ(status_of_replay(verified(3, 3, 3, 2), free), exit_violated);
  EXPECT_EQ(status_of_replay(verified(1, 1, 1), free), exit_harness_failed);
  ReplayResult violated = verified(3, 3, 3);
  violated.result = with({.violated = 3}, 1);
  EXPECT_EQ(status_of_replay(violated, free), exit_violated);
  ReplayResult missed = verified(2, 2, 2);
  missed.result = with({.not_exercised = 2});
  EXPECT_EQ(status_of_replay(missed, free), exit_nothing_tried);
}

TEST(ExitStatus, OfASubjectThatNeverEndsIsNoPlainSuccess) {
  CampaignResult result = with({.held = 3});
  result.baseline.ended = false;
  EXPECT_EQ(status_of_result(result), exit_cannot_try);
  result.findings.resize(1);
  EXPECT_EQ(status_of_result(result), exit_violated);
}

TEST(ExitStatus, OfACampaignThatGaveUpIsNoPlainSuccess) {
  CampaignResult result = with({.planned = 24, .held = 2});
  result.gave_up = true;
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
