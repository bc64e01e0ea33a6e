#include "exitproof/replay.hpp"

#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::clean_run;
using testing::FakeTrials;
using testing::missed_run;
using testing::orphaning_run;
using testing::struck_run;

ReplayOptions kill_at_open(unsigned times) {
  ReplayOptions options;
  options.plan = FaultPlan::parse("kill@0:open:1");
  options.times = times;
  return options;
}

TEST(Replay, TellsTheRateOfEachFinding) {
  int trial = 0;
  FakeTrials trials([&](const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run({});
    return trial++ % 4 == 0 ? struck_run(request.plan) : orphaning_run(request.plan);
  });
  const ReplayResult replay = run_replay(trials, {}, kill_at_open(100));
  ASSERT_EQ(replay.result.findings.size(), 1U);
  EXPECT_EQ(replay.result.findings.front().replayed, 100U);
  EXPECT_EQ(replay.result.findings.front().same, 75U);
  EXPECT_EQ(replay.result.trials.violated, 75U);
  EXPECT_EQ(replay.result.trials.held, 25U);
  EXPECT_EQ(replay.verdict, Verdict::held);
}

TEST(Replay, LooksCloselyAtTheFirstTrialOnly) {
  FakeTrials trials([](const TrialRequest& request) {
    return request.plan.faults.empty() ? clean_run({}) : struck_run(request.plan);
  });
  const ReplayResult replay = run_replay(trials, {}, kill_at_open(3));
  ASSERT_EQ(trials.requests.size(), 6U);
  EXPECT_TRUE(trials.requests[3].events && trials.requests[3].stacks && trials.requests[3].classes.any());
  EXPECT_FALSE(trials.requests[4].events || trials.requests[4].stacks);
  EXPECT_EQ(trials.requests[4].classes, trespass_classes());
  EXPECT_TRUE(replay.shown);
}

TEST(Replay, ToVerifyLooksCloselyAtEach) {
  int trial = 0;
  FakeTrials trials([&](const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run({});
    Evidence evidence = struck_run(request.plan);
    evidence.digest.whole = evidence.digest.by_thread = ++trial == 3 ? "other" : "same";
    evidence.events.push_back(
        {.kind = EventKind::exec, .who = {}, .call = {}, .object = evidence.digest.whole, .result = 0, .site = {}});
    return evidence;
  });
  ReplayOptions options = kill_at_open(3);
  options.verify = true;
  const ReplayResult replay = run_replay(trials, {}, options);
  ASSERT_EQ(trials.requests.size(), 6U);
  EXPECT_EQ(trials.requests[3], trials.requests[5]);
  ASSERT_TRUE(replay.verification);
  EXPECT_EQ(replay.verification->times, 3U);
  EXPECT_EQ(replay.verification->same, 2U);
  EXPECT_EQ(replay.verification->parted_trial, 3U);
  ASSERT_TRUE(replay.verification->parting);
  EXPECT_EQ(replay.verification->parting->other.front().object, "other");
}

TEST(Replay, ComparesOnlyWhenAsked) {
  FakeTrials trials([](const TrialRequest& request) {
    return request.plan.faults.empty() ? clean_run({}) : struck_run(request.plan);
  });
  EXPECT_FALSE(run_replay(trials, {}, kill_at_open(2)).verification);
}

TEST(Replay, AsksForTheNextRunAsTheCampaignDid) {
  FakeTrials trials([](const TrialRequest& request) {
    if (!request.plan.faults.empty()) return struck_run(request.plan);
    return testing::run_twice(clean_run({}));
  });
  run_replay(trials, {}, kill_at_open(2));
  ASSERT_EQ(trials.requests.size(), 5U);
  EXPECT_EQ(trials.requests[0].next_run, NextRunWhen::always);
  EXPECT_EQ(trials.requests[3].next_run, NextRunWhen::when_left);
  EXPECT_EQ(trials.requests[4].next_run, NextRunWhen::when_left);
}

TEST(Replay, AFaultThatDidNotFireIsNotExercised) {
  FakeTrials trials([](const TrialRequest& request) {
    return request.plan.faults.empty() ? clean_run({}) : missed_run(request.plan);
  });
  const ReplayResult replay = run_replay(trials, {}, kill_at_open(1));
  EXPECT_EQ(replay.verdict, Verdict::not_exercised);
  EXPECT_EQ(replay.result.trials.not_exercised, 1U);
}

}  // namespace
}  // namespace exitproof
