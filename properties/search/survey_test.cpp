#include "exitproof/survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using testing::FakeTrials;

TEST(Survey, LearnsTheStopAndTheNetworkFromTheFirstRun) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence evidence = clean_run({});
    evidence.stopped_by_harness = true;
    evidence.bound_a_socket = true;
    return evidence;
  });
  const Survey survey = take_survey(trials, {}, {});
  EXPECT_EQ(survey.runs.size(), 3U);
  ASSERT_TRUE(survey.scenario.stop);
  EXPECT_EQ(survey.scenario.stop->signal, SIGTERM);
  EXPECT_TRUE(survey.scenario.fresh_network);
  EXPECT_THAT(survey.messages, ::testing::ElementsAre("this subject waits; stopping it with SIGTERM"));
  ASSERT_EQ(trials.scenarios.size(), 2U);
  EXPECT_EQ(trials.scenarios.back(), survey.scenario);
}

TEST(Survey, TakesAnotherRunForAFirstOneThatSawWhatNoLaterOneSees) {
  unsigned runs = 0;
  FakeTrials trials([&runs](const TrialRequest&) {
    Evidence evidence = clean_run({});
    evidence.files.emplace_back().path = "/srv/data";
    evidence.files.back().kind = ChangeKind::changed;
    evidence.out.digest = runs++ == 0 ? "odd" : "usual";
    return evidence;
  });
  const Survey survey = take_survey(trials, {}, {});
  ASSERT_EQ(survey.runs.size(), 3U);
  EXPECT_EQ(runs, 4U);
  EXPECT_EQ(survey.runs.front().out.digest, "usual");
  EXPECT_THAT(trials.requests[0].copy_up, ::testing::IsEmpty());
  EXPECT_THAT(trials.requests[1].copy_up, ::testing::ElementsAre("/srv", "/srv/data"));
}

TEST(Survey, LeavesAStopThatWasAskedForAndTheMachinesNetwork) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence evidence = clean_run({});
    evidence.stopped_by_harness = true;
    evidence.bound_a_socket = true;
    return evidence;
  });
  Scenario scenario;
  scenario.own_network = false;
  scenario.stop = StopBy{.kind = StopBy::Kind::signal, .signal = SIGINT, .command = {}};
  const Survey survey = take_survey(trials, scenario, {});
  EXPECT_EQ(survey.scenario, scenario);
  EXPECT_TRUE(survey.messages.empty());
}

TEST(Survey, CutsTheLaterRunsWhereTheFirstWasCut) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence evidence = clean_run({call_site("0:open:1", "openat", 1), call_site("0:open:2", "openat", 1)});
    evidence.cut_by_harness = true;
    return evidence;
  });
  const Survey survey = take_survey(trials, {}, {.next_runs = true});
  ASSERT_EQ(trials.requests.size(), 3U);
  EXPECT_EQ(trials.requests[1].next_run, NextRunWhen::never);
  EXPECT_EQ(trials.requests[0].cut_after_sites, 0U);
  EXPECT_EQ(trials.requests[1].cut_after_sites, 2U);
  EXPECT_EQ(trials.requests[2].cut_after_sites, 2U);
  EXPECT_EQ(survey.messages.size(), 1U);
}

TEST(Survey, TwoLongRunsAreEnoughForAQuickOne) {
  FakeTrials trials([](const TrialRequest&) { return clean_run({}); });
  EXPECT_EQ(take_survey(trials, {}, {.sites = false, .two_runs_from = Micros{1'000}}).runs.size(), 2U);
  EXPECT_EQ(take_survey(trials, {}, {.sites = false, .two_runs_from = Micros{9'000}}).runs.size(), 3U);
}

TEST(Survey, MakesTheNextRunOfEveryRunWhenItIsToBeJudged) {
  FakeTrials trials([](const TrialRequest&) { return clean_run({}); });
  take_survey(trials, {}, {.runs = 2, .next_runs = true});
  take_survey(trials, {}, {.runs = 1});
  ASSERT_EQ(trials.requests.size(), 3U);
  EXPECT_EQ(trials.requests[0].next_run, NextRunWhen::always);
  EXPECT_EQ(trials.requests[1].next_run, NextRunWhen::always);
  EXPECT_EQ(trials.requests[2].next_run, NextRunWhen::never);
}

TEST(Survey, TriesARunOnceMoreWhenTheHarnessFails) {
  int runs = 0;
  FakeTrials trials([&](const TrialRequest&) {
    Evidence evidence = clean_run({});
    if (runs++ == 0) evidence.harness_error = "no luck";
    return evidence;
  });
  const Survey survey = take_survey(trials, {}, {});
  EXPECT_EQ(survey.runs.size(), 3U);
  EXPECT_FALSE(survey.refusal);
}

}  // namespace
}  // namespace exitproof
