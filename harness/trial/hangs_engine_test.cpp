#include <gtest/gtest.h>

#include <csignal>

#include "harness/trial/trial_testing.hpp"

// Which waits end by themselves: judged too soon, a subject that only waits would be said to hang.
namespace exitproof::testing {
namespace {

Evidence stopped_while_it_waits(std::vector<std::string> command) {
  Scenario scenario = scenario_of(std::move(command));
  scenario.stop = StopBy::parse("SIGTERM");
  return try_once(scenario, lean_request("none"));
}

class TimerTest : public ::testing::TestWithParam<const char*> {};

class ATimerThatWakes : public TimerTest {};

TEST_P(ATimerThatWakes, is_waited_for) {
  const Evidence evidence = stopped_while_it_waits({"waits_with_timer", GetParam()});
  EXPECT_FALSE(evidence.hang) << explain(evidence);
  EXPECT_TRUE(evidence.stopped_by_harness);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(all, ATimerThatWakes,
                         ::testing::Values("itimer", "posix", "thread", "timerfd", "sigwait", "signalfd", "receive"));

TEST(HangsTest, a_timer_outlives_an_exec) {
  const Evidence evidence = stopped_while_it_waits({"waits_with_timer", "exec-itimer"});
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(SIGALRM)) << explain(evidence);
}

class ATimerThatWakesNobody : public TimerTest {};

TEST_P(ATimerThatWakesNobody, is_not_waited_for) {
  const Evidence evidence = stopped_while_it_waits({"waits_with_timer", GetParam()});
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_TRUE(evidence.hang->at_once) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(all, ATimerThatWakesNobody,
                         ::testing::Values("disarmed", "ignored", "blocked", "virtual", "cpu-clock", "silent",
                                           "timerfd-disarmed", "exec-posix", "expired"));

TEST(HangsTest, who_was_asked_to_end_is_judged_by_the_deadline_and_never_cut) {
  Scenario scenario = scenario_of({"waits_with_timer", "alarm"});
  scenario.stop = StopBy::parse("SIGTERM");
  scenario.timeout = Millis(3'000);
  TrialRequest request = rich_request();
  request.decide_waiting = true;
  request.cut_after_sites = 1;
  const Evidence evidence = try_once(scenario, request);
  EXPECT_FALSE(evidence.cut_by_harness) << explain(evidence);
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_FALSE(evidence.hang->at_once);
}

TEST(HangsTest, by_the_deadline_who_ends_no_more_after_a_failed_call_was_not_cut) {
  Scenario scenario = scenario_of({"counts_on_fork"});
  EXPECT_EQ(try_once(scenario, lean_request("none")).root_end, WaitStatus::exited(0));
  scenario.timeout = Millis(1'000);
  const Evidence evidence = try_once(scenario, lean_request("EAGAIN@0:fork:1"));
  EXPECT_FALSE(evidence.cut_by_harness) << explain(evidence);
  EXPECT_FALSE(evidence.end_was_asked);
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_FALSE(evidence.hang->at_once);
  EXPECT_EQ(evidence.hang->asked_by, "EAGAIN@0:fork:1");
  ASSERT_EQ(evidence.hang->tasks.size(), 1U);
  EXPECT_EQ(evidence.hang->tasks[0].call, "rt_sigsuspend");
}

TEST(HangsTest, who_sleeps_before_it_tries_a_failed_call_again_does_not_hang) {
  Scenario scenario = scenario_of({"/bin/sh", "-c", "while ! (echo x > made); do sleep 60; done"});
  scenario.timeout = Millis(1'000);
  const Evidence evidence = try_once(scenario, lean_request("EACCES@0.1:open:1"));
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_FALSE(evidence.cut_by_harness);
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_TRUE(evidence.hang->by_timer);
}

TEST(HangsTest, who_polls_every_few_milliseconds_goes_on_by_a_timer) {
  Scenario scenario = scenario_of({"/bin/sh", "-c", "(echo x > made); while [ ! -e made ]; do sleep 0.02; done"});
  scenario.timeout = Millis(1'000);
  const Evidence evidence = try_once(scenario, lean_request("EACCES@0.1:open:1"));
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_TRUE(evidence.hang->by_timer) << explain(evidence);
  EXPECT_GT(evidence.hang->wakes, 2U);
}

TEST(HangsTest, in_virtual_time_who_tries_again_for_ever_is_told_from_who_gives_up) {
  const auto retries = [](const char* script) {
    Scenario scenario = scenario_of({"/bin/bash", "-c", script});
    scenario.time_mode = TimeMode::virtual_;
    scenario.timeout = Millis(20'000);
    return try_once(scenario, lean_request("EACCES+@0:open=made:1"));
  };
  const Evidence gives_up = retries("for ((i = 0; i < 9; ++i)); do echo x > made && exit; sleep 10; done; exit 7");
  EXPECT_EQ(gives_up.root_end, WaitStatus::exited(7)) << explain(gives_up);
  const Evidence never = retries("until echo x > made; do sleep 60; done");
  ASSERT_TRUE(never.hang) << explain(never);
  EXPECT_FALSE(never.hang->by_timer) << explain(never);
  EXPECT_GE(never.hang->blocked_for, std::chrono::hours(1));
}

}  // namespace
}  // namespace exitproof::testing
