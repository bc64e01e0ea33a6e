#include "exitproof/survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <string>

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

/// Fault-free runs that write a file with the second of a clock, which goes on only while somebody waits for it.
FakeTrials telling_time(const int& second) {
  return FakeTrials([&second](const TrialRequest&) {
    Evidence evidence = clean_run({});
    evidence.files.emplace_back().path = "/srv/data";
    evidence.files.back().digest = std::to_string(second);
    return evidence;
  });
}

TEST(Survey, KeepsRunsOfMoreThanOneSecondOfTheClock) {
  int second = 0;
  FakeTrials trials = telling_time(second);
  const Survey survey = take_survey(trials, {}, {.in_another_second = [&] { ++second; }});
  std::set<std::string> seconds;
  for (const Evidence& run : survey.runs) seconds.insert(run.files.front().digest);
  EXPECT_EQ(survey.runs.size(), 3U);
  EXPECT_EQ(seconds.size(), 2U) << "the first run was the only one of another second, and was replaced";
}

TEST(Survey, WaitsForNoOtherSecondWhereNothingShowsOne) {
  int waits = 0;
  FakeTrials trials([](const TrialRequest&) { return clean_run({}); });
  take_survey(trials, {}, {.in_another_second = [&] { ++waits; }});
  EXPECT_EQ(waits, 0);
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

/// Fault-free runs of which those with these numbers are cut.
FakeTrials cut_in(const std::vector<unsigned>& cut, unsigned& runs) {
  return FakeTrials([cut, &runs](const TrialRequest& request) {
    Evidence evidence = clean_run({call_site("0:open:1", "openat", 1)});
    evidence.cut_by_harness = std::ranges::find(cut, runs++) != cut.end();
    if (evidence.cut_by_harness) evidence.root_end.reset();
    return request.next_run == NextRunWhen::always ? testing::run_twice(evidence) : evidence;
  });
}

TEST(Survey, TakesAnotherRunForOneThatDidNotEndWhereOthersDo) {
  unsigned runs = 0;
  FakeTrials trials = cut_in({1}, runs);
  const Survey survey = take_survey(trials, {}, {.next_runs = true});
  EXPECT_EQ(runs, 4U);
  ASSERT_EQ(survey.runs.size(), 3U);
  EXPECT_TRUE(std::ranges::none_of(survey.runs, &Evidence::cut_by_harness));
  ASSERT_EQ(survey.messages.size(), 1U);
  EXPECT_THAT(survey.messages[0], ::testing::StartsWith("1 of 4 fault-free runs did not end within 30s"));
  EXPECT_THAT(survey.runs[0].skipped, ::testing::ElementsAre("fault-free runs: " + survey.messages[0]));
  EXPECT_EQ(survey.scenario.timeout, Millis(150'000)) << "a trial may take as long as the one that was cut";
}

TEST(Survey, WhereTheFirstRunWasCutAndOthersEndTakesWholeOnes) {
  unsigned runs = 0;
  FakeTrials trials = cut_in({0}, runs);
  const Survey survey = take_survey(trials, {}, {.next_runs = true});
  EXPECT_EQ(runs, 6U);
  EXPECT_TRUE(std::ranges::none_of(survey.runs, &Evidence::cut_by_harness));
  EXPECT_EQ(std::ranges::count_if(survey.runs, [](const Evidence& run) { return run.next_run.has_value(); }), 3);
  EXPECT_EQ(trials.requests.back().cut_after_sites, 0U);
  EXPECT_EQ(survey.messages.size(), 1U);
}

TEST(Survey, OfOneRunThatEndsMakesNoBaseline) {
  unsigned runs = 0;
  FakeTrials trials = cut_in({0, 2, 3, 4, 5}, runs);
  const Survey survey = take_survey(trials, {}, {});
  EXPECT_TRUE(std::ranges::any_of(survey.runs, &Evidence::cut_by_harness));
  EXPECT_THAT(survey.messages, ::testing::ElementsAre(::testing::HasSubstr("what a whole run leaves is not known")));
}

TEST(Survey, TellsTheLimitThatARunReallyHad) {
  unsigned runs = 0;
  FakeTrials trials = cut_in({0, 1, 2}, runs);
  Scenario scenario;
  scenario.timeout = Millis(1'000);
  const Survey survey = take_survey(trials, scenario, {});
  EXPECT_THAT(survey.messages,
              ::testing::ElementsAre(::testing::AllOf(::testing::StartsWith("this subject did not end within 1s: "),
                                                      ::testing::EndsWith("give it a longer --timeout"))));
  EXPECT_EQ(survey.scenario.timeout, scenario.timeout);
}

TEST(Survey, GivesATrialFiveTimesAsLongAsTheFaultFreeRunsTake) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence evidence = clean_run({});
    evidence.root_ended_at = Micros(10'000'000);
    return evidence;
  });
  const Survey survey = take_survey(trials, {}, {});
  EXPECT_EQ(survey.scenario.timeout, Millis(50'000));
  EXPECT_EQ(trials.scenarios.back(), survey.scenario);
}

TEST(Survey, SaysWhichGlobsNameNothing) {
  FakeTrials trials([](const TrialRequest&) { return clean_run({}); });
  Scenario scenario;
  scenario.contract.outputs = {"/srv/out.tex"};
  EXPECT_THAT(take_survey(trials, scenario, {}).runs.front().skipped,
              ::testing::ElementsAre("--output /srv/out.tex: no fault-free run makes a file of that name"));
}

TEST(Survey, ProposesVirtualTimeToWhoWaitsForClocks) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence run = clean_run({});
    run.root_ended_at = Micros{10'000};
    run.blocked_on_timers = Micros{8'000};
    return run;
  });
  EXPECT_THAT(take_survey(trials, {}, {}).messages, ::testing::Contains(::testing::HasSubstr("80 %")));
  Scenario in_virtual_time;
  in_virtual_time.time_mode = TimeMode::virtual_;
  EXPECT_THAT(take_survey(trials, in_virtual_time, {}).messages, ::testing::IsEmpty());
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

TEST(Survey, SaysHowItFailsWithoutAnyFault) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence evidence = clean_run({});
    evidence.root_end = WaitStatus::exited(127);
    evidence.err = {.bytes = 10, .digest = {}, .head = "not found\n"};
    return evidence;
  });
  EXPECT_THAT(
      take_survey(trials, {}, {}).messages,
      ::testing::ElementsAre("without any fault it ends with status 127, and its last line on standard error is "
                             "\"not found\""));
}

TEST(Survey, LooksInOneMoreRunAtWhatIsUsed) {
  FakeTrials trials([](const TrialRequest& request) {
    Evidence evidence = clean_run({});
    const bool reads = request.classes.test(static_cast<std::size_t>(CallClass::read));
    if (!reads) return evidence;
    const auto event = [](EventKind kind, const std::string& object) {
      return Event{.kind = kind, .who = {}, .call = "read", .object = object, .result = 0, .site = {}};
    };
    evidence.events = {event(EventKind::exec, "/bin/prog"), event(EventKind::call, "/lib/b.so"),
                       event(EventKind::call, "pipe:[1]"),  event(EventKind::call, "/etc/a"),
                       event(EventKind::call, "/etc/a"),    event(EventKind::death, "/x")};
    return evidence;
  });
  const Survey survey = take_survey(trials, {}, {.reads = true});
  EXPECT_EQ(survey.runs.size(), 3U);
  EXPECT_EQ(trials.requests.size(), 4U);
  EXPECT_THAT(survey.used_files, ::testing::ElementsAre("/bin/prog", "/etc/a", "/lib/b.so"));
  EXPECT_TRUE(take_survey(trials, {}, {}).used_files.empty());
}

}  // namespace
}  // namespace exitproof
