#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "harness/trial/trial_testing.hpp"

// Trials in virtual time: what the subject does and sees must be what it does and sees in real time, and waiting must
// cost nothing.
namespace exitproof::testing {
namespace {

Scenario in_virtual_time(std::vector<std::string> command) {
  Scenario scenario = scenario_of(std::move(command));
  scenario.time_mode = TimeMode::virtual_;
  scenario.timeout = Millis(100'000);
  return scenario;
}

Micros really_took(const Evidence& evidence) {
  return evidence.took - evidence.skipped_time;
}

// A wait of two seconds in each way, as the program's own clocks tell.
constexpr std::string_view elapsed =
    "nanosleep 0 2000\n"
    "absolute 0 2000\n"
    "poll 0 2000\n"
    "ppoll 0 2000\n"
    "select 0 2000\n"
    "select-rest 108 2000\n"
    "pselect 0 2000\n"
    "epoll 0 2000\n"
    "sigtimedwait -11 2000\n"
    "futex -110 2000\n"
    "condition 0 2000\n"
    "condition-until 0 2000\n"
    "semaphore -110 2000\n"
    "semtimedop -11 2000\n"
    "queue -110 2000\n"
    "interrupted 8 2000\n"
    "alarm 1100 2000\n"
    "itimer 4500 2000\n"
    "posix-timer 7 2000\n"
    "thread-timer 0 2000\n"
    "timerfd 102 2000\n"
    "child 1280 2000\n";

class ElapsedTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ElapsedTest, is_told_as_in_real_time) {
  const auto& [program, plan] = GetParam();
  const Evidence evidence = try_once(in_virtual_time({program}), rich_request(plan));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.out.head, elapsed);
  EXPECT_GE(evidence.skipped_time, std::chrono::seconds(43)) << explain(evidence);
  EXPECT_LT(really_took(evidence), std::chrono::seconds(5)) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(all, ElapsedTest,
                         ::testing::Values(std::pair("tells_elapsed", "none"),
                                           std::pair("tells_elapsed_static", "none"),
                                           std::pair("tells_elapsed", "none,schedule=3")));

Evidence shell(const std::string& script, const TrialRequest& request) {
  Evidence evidence = try_once(in_virtual_time({"/bin/sh", "-c", script}), request);
  EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
  return evidence;
}

TEST(VirtualTimeTest, alarms_of_other_programs_strike_when_they_should) {
  const Evidence ended = shell("timeout 2 sleep 60", lean_request("none"));
  EXPECT_EQ(ended.root_end, WaitStatus::exited(124)) << explain(ended);
  const Evidence killed = shell("timeout -k 1 1 sh -c 'trap \"\" TERM; sleep 60'", lean_request("none"));
  EXPECT_EQ(killed.root_end, WaitStatus::exited(137)) << explain(killed);
  for (const Evidence* evidence : {&ended, &killed}) {
    EXPECT_GE(evidence->took, std::chrono::seconds(2));
    EXPECT_LT(evidence->took, std::chrono::seconds(4));
    EXPECT_LT(really_took(*evidence), std::chrono::seconds(1));
  }
}

TEST(VirtualTimeTest, who_is_stopped_or_disturbed_sleeps_no_longer) {
  const Evidence evidence = try_once(in_virtual_time({"stops_sleeper"}), lean_request("none"));
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_LT(really_took(evidence), std::chrono::seconds(5)) << explain(evidence);
}

TEST(VirtualTimeTest, a_lock_file_is_as_old_as_the_clock_says) {
  const Evidence evidence = try_once(in_virtual_time({"judges_lock_by_age"}), lean_request("none"));
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_GE(evidence.took, std::chrono::seconds(45));
}

TEST(VirtualTimeTest, waits_cost_next_to_nothing) {
  const auto faster_than_clock = [](const Scenario& scenario) {
    TrialRunner runner(scenario);
    double best = 0;
    for (int i = 0; i < 5; ++i) {
      const Evidence evidence = runner.run(lean_request("none"));
      EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
      best = std::max(best,
                      static_cast<double>(evidence.took.count()) / static_cast<double>(really_took(evidence).count()));
    }
    return best;
  };
  // On a machine with nothing else to do, it is some hundred times and more.
  EXPECT_GT(faster_than_clock(in_virtual_time({"waits_for_condition"})), 50);
  EXPECT_GT(faster_than_clock(in_virtual_time({"/bin/sh", "-c", "sleep 3 & wait"})), 20);
}

// What a thread finds at its looks at the clock is the same each time.
TEST(VirtualTimeTest, a_poller_under_a_schedule_does_the_same_each_time) {
  TrialRunner runner(in_virtual_time({"polls_beside_work"}));
  const Evidence first = runner.run(rich_request("none,schedule=7"));
  EXPECT_EQ(first.root_end, WaitStatus::exited(0)) << explain(first);
  for (int i = 1; i < 10; ++i) {
    const Evidence again = runner.run(rich_request("none,schedule=7"));
    EXPECT_EQ(again.out.head, first.out.head) << i;
    EXPECT_EQ(again.digest.whole, first.digest.whole) << i;
  }
}

TEST(VirtualTimeTest, who_polls_for_ever_hangs_by_the_subjects_clock) {
  Scenario scenario = in_virtual_time({"polls_for_ever"});
  scenario.timeout = Millis(20'000);
  scenario.stop = StopBy::parse("SIGTERM");
  const Evidence evidence = try_once(scenario, lean_request("none"));
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_FALSE(evidence.hang->at_once);
  EXPECT_GE(evidence.hang->blocked_for, scenario.timeout);
  EXPECT_GE(evidence.hang->skipped, scenario.timeout / 2);
  EXPECT_LT(really_took(evidence), std::chrono::seconds(5));
}

TEST(VirtualTimeTest, a_survivor_has_its_grace_by_the_subjects_clock) {
  const std::string script = "(sleep SECONDS) & exec sleep 1";
  const auto survivors = [&](const std::string& seconds) {
    std::string text = script;
    text.replace(text.find("SECONDS"), 7, seconds);
    Scenario scenario = in_virtual_time({"/bin/sh", "-c", text});
    scenario.contract.grace = Millis{2'000};
    const Evidence evidence = try_once(scenario, lean_request("none"));
    EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
    return evidence.survivors;
  };
  const auto transient = survivors("1.6");
  ASSERT_EQ(transient.size(), 1U);
  ASSERT_TRUE(transient[0].ended_after);
  EXPECT_GE(*transient[0].ended_after, std::chrono::milliseconds(60));
  const auto orphan = survivors("60");
  ASSERT_EQ(orphan.size(), 1U);
  EXPECT_FALSE(orphan[0].ended_after);
}

TEST(VirtualTimeTest, a_zombie_lies_as_long_as_the_clock_says) {
  const Evidence evidence = shell("sleep 0 & exec sleep 10", lean_request("none"));
  ASSERT_EQ(evidence.zombies.size(), 1U) << explain(evidence);
  EXPECT_GE(evidence.zombies[0].unreaped_for, std::chrono::seconds(9));
  EXPECT_LT(really_took(evidence), std::chrono::seconds(2));
}

// Faults that wait for a moment or for a time find them.
TEST(VirtualTimeTest, quiet_moments_and_delays_are_those_of_real_time) {
  for (const char* plan : {"kill@0:quiet:1", "kill@0:sleep:1+3s", "pause=2s@0:sleep:1,kill@0:quiet:1"}) {
    const Evidence evidence = try_once(in_virtual_time({"/bin/sleep", "5"}), rich_request(plan));
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_EQ(evidence.root_end, WaitStatus::killed(SIGKILL)) << explain(evidence);
    EXPECT_LT(evidence.took, std::chrono::seconds(4)) << plan;
  }
}

class TimerInVirtualTimeTest : public ::testing::TestWithParam<const char*> {};

TEST_P(TimerInVirtualTimeTest, hangs_as_in_real_time) {
  const std::string mode = GetParam();
  Scenario scenario = scenario_of({"waits_with_timer", mode});
  scenario.stop = StopBy::parse("SIGTERM");
  const Evidence real = try_once(scenario, lean_request("none"));
  scenario.time_mode = TimeMode::virtual_;
  const Evidence evidence = try_once(scenario, lean_request("none"));
  EXPECT_EQ(evidence.root_end, real.root_end) << explain(evidence);
  EXPECT_EQ(evidence.hang.has_value(), real.hang.has_value()) << explain(evidence);
  EXPECT_TRUE(!real.hang || !evidence.hang || evidence.hang->at_once == real.hang->at_once) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(all, TimerInVirtualTimeTest,
                         ::testing::Values("itimer", "posix", "thread", "timerfd", "sigwait", "signalfd", "receive",
                                           "exec-itimer", "disarmed", "ignored", "blocked", "virtual", "cpu-clock",
                                           "silent", "timerfd-disarmed", "exec-posix", "expired"));

TEST(VirtualTimeTest, who_sleeps_beyond_the_deadline_before_it_tries_again_is_seen_to_end) {
  Scenario scenario = in_virtual_time({"/bin/sh", "-c", "while ! (echo x > made); do sleep 60; done"});
  scenario.timeout = Millis(1'000);
  const Evidence evidence = try_once(scenario, lean_request("EACCES@0.1:open:1"));
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_FALSE(evidence.hang) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_LT(really_took(evidence), std::chrono::seconds(5)) << explain(evidence);
}

TEST(VirtualTimeTest, every_kind_of_wait_ends) {
  for (const char* plan : {"none", "none,schedule=1", "none,schedule=2"}) {
    const Evidence evidence = try_once(in_virtual_time({"waits_of_all_kinds"}), rich_request(plan));
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    EXPECT_FALSE(evidence.hang) << explain(evidence);
  }
}

TEST(VirtualTimeTest, who_waits_for_the_end_of_its_input_waits_really) {
  Scenario scenario = in_virtual_time({"/bin/bash", "-c", "read -t 0.3 line; echo $?"});
  scenario.stop = StopBy::parse("eof");
  scenario.ready = ReadyWhen::parse("out:never");
  scenario.timeout = Millis(10'000);
  const Evidence evidence = try_once(scenario, lean_request("none"));
  EXPECT_EQ(evidence.out.head, "142\n") << explain(evidence);
  EXPECT_LT(evidence.skipped_time, std::chrono::milliseconds(100));
}

TEST(VirtualTimeTest, a_server_and_its_driver_are_as_in_real_time) {
  Scenario scenario = in_virtual_time({"unix_server", "/tmp/virtual_time.sock", "/tmp/virtual_time.pid"});
  scenario.ready = ReadyWhen::parse("listen:/tmp/virtual_time.sock");
  scenario.stop = StopBy::parse("SIGTERM");
  scenario.drive = scenario_of({"unix_client"}).command.front() + " /tmp/virtual_time.sock hello";
  const Evidence evidence = try_once(scenario, rich_request());
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_TRUE(evidence.stopped_by_harness);
}

TEST(VirtualTimeTest, surveys_in_real_time_say_how_long_they_waited_for_clocks) {
  TrialRequest survey = rich_request();
  survey.decide_waiting = true;
  const Evidence sleeps = try_once({"/bin/sleep", "0.5"}, survey);
  EXPECT_GE(sleeps.blocked_on_timers, std::chrono::milliseconds(400));
  const Evidence works = try_once({"/bin/true"}, survey);
  EXPECT_EQ(works.blocked_on_timers, Micros(0));
}

// A lock holds as long as it looks younger than a minute, and was taken in the trial's own time.
constexpr const char* takes_lock =
    "if [ -e /tmp/virtual.lock ]; then age=$(($(date +%s) - $(cat /tmp/virtual.lock))); rm /tmp/virtual.lock;"
    " [ $age -ge 0 ] && [ $age -lt 60 ] && exit 3; fi;"
    " sleep 60; date +%s >/tmp/virtual.lock; sleep 30; rm /tmp/virtual.lock";

TEST(VirtualTimeTest, the_next_run_goes_on_with_the_clock_of_the_trial) {
  TrialRequest request = lean_request("kill-tree@0.3:sleep:1");
  request.next_run = NextRunWhen::always;
  const Evidence young = shell(takes_lock, request);
  ASSERT_TRUE(young.next_run) << explain(young);
  EXPECT_TRUE(young.all_faults_fired()) << explain(young);
  EXPECT_EQ(young.next_run->root_end, WaitStatus::exited(3)) << young.next_run->failure;
  EXPECT_LT(really_took(young), std::chrono::seconds(5));

  request.plan = FaultPlan::parse("none");
  const Evidence clean = shell(takes_lock, request);
  ASSERT_TRUE(clean.next_run) << explain(clean);
  EXPECT_EQ(clean.next_run->root_end, clean.root_end) << clean.next_run->failure;
  EXPECT_GE(clean.skipped_time, std::chrono::seconds(175)) << "both runs wait by the subject's clock";
  EXPECT_LT(really_took(clean), std::chrono::seconds(5));
}

TEST(VirtualTimeTest, a_next_run_that_does_not_end_says_what_it_waits_for) {
  TrialRequest request = lean_request("none");
  request.next_run = NextRunWhen::always;
  request.next_run_limit = Millis(5'000);
  const Evidence waits =
      shell("mkfifo /tmp/virtual.fifo 2>/dev/null && sleep 10 && exit; read line </tmp/virtual.fifo", request);
  ASSERT_TRUE(waits.next_run) << explain(waits);
  EXPECT_FALSE(waits.next_run->root_end);
  EXPECT_TRUE(waits.next_run->failure.starts_with("it waits for ever: ")) << waits.next_run->failure;
  const Evidence sleeps = shell("mkdir /tmp/virtual.directory 2>/dev/null && sleep 2 && exit; sleep 1000", request);
  ASSERT_TRUE(sleeps.next_run) << explain(sleeps);
  EXPECT_TRUE(sleeps.next_run->failure.starts_with("it did not end within 5s: sleep ")) << sleeps.next_run->failure;
}

TEST(VirtualTimeTest, is_left_where_the_next_run_meets_survivors) {
  Scenario scenario = in_virtual_time({"/bin/sh", "-c", "sleep 0.2; sleep 60 & exit 0"});
  scenario.contract.grace = Millis(100);
  TrialRequest request = lean_request("none");
  request.next_run = NextRunWhen::always;
  const Evidence evidence = try_once(scenario, request);
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_EQ(evidence.skips, 0U);
  EXPECT_TRUE(
      std::ranges::any_of(evidence.skipped, [](const auto& line) { return line.starts_with("time: it was real"); }));
}

TEST(VirtualTimeTest, real_time_can_be_asked_for) {
  TrialRequest request = lean_request("none");
  request.real_time = true;
  const Evidence evidence = try_once(in_virtual_time({"/bin/sleep", "0.2"}), request);
  EXPECT_EQ(evidence.skips, 0U);
  EXPECT_GE(really_took(evidence), std::chrono::milliseconds(200));
}

}  // namespace
}  // namespace exitproof::testing
