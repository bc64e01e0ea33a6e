#include <gtest/gtest.h>

#include <algorithm>

#include "harness/trial/trial_testing.hpp"

// Each fault, struck before and after calls and at moments, by what it does to real programs.
namespace exitproof::testing {
namespace {

std::vector<std::string> shell(std::string script) {
  return {"/bin/sh", "-c", std::move(script)};
}

Evidence fired(std::vector<std::string> command, std::string_view plan) {
  Evidence evidence = try_once(std::move(command), lean_request(plan));
  EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  return evidence;
}

TEST(FaultsTest, kill_before_a_call_is_strictly_before_it) {
  const Evidence evidence = fired(shell("echo one; echo two; echo three"), "kill@0:out:2");
  EXPECT_EQ(evidence.out.head, "one\n");
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(9));
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::death);
}

TEST(FaultsTest, kill_after_a_call_is_strictly_after_it) {
  const Evidence evidence = fired(shell("echo one; echo two; echo three"), "kill@0:out:2:after");
  EXPECT_EQ(evidence.out.head, "one\ntwo\n");
}

TEST(FaultsTest, a_site_may_name_the_text_of_its_call) {
  EXPECT_EQ(fired(shell("echo one; echo two; echo three"), "kill@0:out=thr:1").out.head, "one\ntwo\n");
  const Evidence evidence = fired(shell("echo a >faults_test.tmp; echo b >faults_test.txt"), "kill@0:open=.txt:1");
  EXPECT_NE(find_file(evidence, "/tmp/faults_test.tmp"), nullptr) << explain(evidence);
  EXPECT_EQ(find_file(evidence, "/tmp/faults_test.txt"), nullptr) << explain(evidence);
}

TEST(FaultsTest, a_caught_signal_runs_its_handler_before_the_struck_call) {
  const Evidence evidence = fired(shell("trap 'echo caught' TERM; echo one; echo two"), "SIGTERM@0:out:1");
  // dash runs a trap between two commands: "one" is written first, once.
  EXPECT_EQ(evidence.out.head, "one\ncaught\ntwo\n");
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::caught);
}

TEST(FaultsTest, a_signal_by_default_ends_the_process_before_the_struck_call) {
  const Evidence evidence = fired(shell("echo one; echo two"), "SIGHUP@0:out:2");
  EXPECT_EQ(evidence.out.head, "one\n");
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(1));
}

TEST(FaultsTest, an_ignored_signal_changes_nothing) {
  const Evidence evidence = fired(shell("trap '' TERM; echo one; echo two"), "SIGTERM@0:out:2");
  EXPECT_EQ(evidence.out.head, "one\ntwo\n");
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::ignored);
  EXPECT_FALSE(evidence.end_was_asked);
}

TEST(FaultsTest, an_ignored_signal_ends_no_wait) {
  for (const char* plan : {"SIGTERM@0:quiet:1", "none"}) {
    EXPECT_EQ(fired({"ignored_signal"}, plan).root_end, WaitStatus::exited(0)) << plan;
  }
}

TEST(FaultsTest, a_signal_that_is_waited_for_is_pending) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"awaits_signal"}, std::vector<std::string>{"awaits_signal", "ignored"}}) {
    const Evidence evidence = fired(command, "SIGTERM@0:quiet:1");
    EXPECT_EQ(evidence.out.head, "SIGTERM came\n");
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    EXPECT_EQ(evidence.faults.at(0).landing, Landing::pending) << command.back();
  }
}

TEST(FaultsTest, the_interrupt_key_reaches_the_whole_foreground_group) {
  const Evidence evidence = fired(shell("sleep 30 & sleep 30; wait"), "ctrl-c@quiet:1");
  EXPECT_EQ(evidence.faults.at(0).struck.size(), 3U) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(2)) << explain(evidence);
}

TEST(FaultsTest, a_signal_to_one_process_stays_with_it) {
  const Evidence evidence = fired(shell("sleep 30; echo after"), "SIGINT@0.1:quiet:1");
  EXPECT_EQ(evidence.faults.at(0).struck.size(), 1U);
  EXPECT_EQ(evidence.out.head, "after\n");
}

TEST(FaultsTest, a_hangup_closes_the_terminal) {
  const Evidence evidence = fired(shell("sleep 30"), "hangup@quiet:1");
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(1)) << explain(evidence);
}

TEST(FaultsTest, a_pause_holds_one_thread_while_others_go_on) {
  const Evidence evidence = fired(shell("(echo child) & wait; echo parent"), "pause=200ms@0.1:out:1");
  EXPECT_EQ(evidence.out.head, "child\nparent\n");
  EXPECT_GE(evidence.took.count(), 200'000);
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::held);
}

TEST(FaultsTest, a_pause_without_a_time_ends_when_all_others_are_blocked) {
  const Evidence evidence = fired(shell("(echo child) & wait; echo parent"), "pause@0.1:out:1");
  EXPECT_EQ(evidence.out.head, "child\nparent\n");
  ASSERT_TRUE(evidence.faults.at(0).hold) << explain(evidence);
  EXPECT_FALSE(evidence.faults.at(0).hold->cut_short);
}

TEST(FaultsTest, a_pause_without_a_time_ends_beside_a_thread_that_wakes_again_and_again) {
  const Evidence evidence = fired({"polls_for_child"}, "pause@0.1:out:1");
  EXPECT_EQ(evidence.out.head, "child\nparent\n");
  const auto& hold = evidence.faults.at(0).hold;
  ASSERT_TRUE(hold) << explain(evidence);
  EXPECT_TRUE(hold->cut_short);
  EXPECT_GE(hold->lasted, longest_open_pause);
}

TEST(FaultsTest, a_pause_at_a_moment_ends_no_wait) {
  for (const char* plan : {"pause=50ms@0:quiet:1", "pause@0:quiet:1"}) {
    const Evidence evidence = fired({"waits_in_epoll"}, plan);
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    EXPECT_EQ(evidence.faults.at(0).struck, std::vector{ProcessPath::root()});
    ASSERT_TRUE(evidence.faults.at(0).hold) << explain(evidence);
    EXPECT_FALSE(evidence.faults.at(0).hold->cut_short);
  }
}

TEST(FaultsTest, a_delay_strikes_later) {
  const Evidence evidence = fired(shell("echo one; sleep 30; echo two"), "kill@0:out:1+100ms");
  EXPECT_EQ(evidence.out.head, "one\n");
  EXPECT_GE(evidence.faults.at(0).at.count(), 100'000);
}

TEST(FaultsTest, a_tick_is_cpu_time) {
  const Evidence evidence = fired(shell("while :; do :; done"), "kill@0:tick:3");
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(9));
}

// Looking up the lines of a cold C library takes some 70 ms where it has debug information.
TEST(FaultsTest, a_struck_call_is_not_held_while_its_stack_is_made_readable) {
  Micros shortest = Micros::max();
  for (int i = 0; i < 5 && shortest > Millis(20); ++i) {
    TrialRequest request = rich_request("SIGTERM@0:out:1");
    request.stacks = true;
    const Evidence evidence = try_once(shell("trap : TERM; echo one; echo two"), request);
    ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_FALSE(evidence.faults.at(0).stack.empty()) << explain(evidence);
    const auto fault = std::ranges::find(evidence.events, EventKind::fault, &Event::kind);
    ASSERT_NE(std::next(fault), evidence.events.end());
    shortest = std::min(shortest, std::next(fault)->at - evidence.faults.at(0).at);
  }
  EXPECT_LE(shortest, Millis(20));
}

TEST(FaultsTest, faults_are_armed_one_after_the_other) {
  const Evidence evidence =
      fired(shell("trap 'echo caught' TERM; echo one; echo two; echo three"), "SIGTERM@0:out:1,kill@0:out:3");
  EXPECT_EQ(evidence.out.head, "one\ncaught\n");
}

TEST(FaultsTest, a_process_may_be_named) {
  const Evidence evidence = fired(shell("sleep 0; sleep 30; echo over"), "kill@sleep%2:quiet:1");
  EXPECT_EQ(evidence.faults.at(0).struck.at(0), ProcessPath::root().child(2)) << explain(evidence);
}

TEST(FaultsTest, a_fault_that_does_not_fire_says_why) {
  const Evidence evidence = try_once(shell("echo one"), lean_request("kill@0:out:5,kill@0:out:6"));
  EXPECT_FALSE(evidence.all_faults_fired());
  EXPECT_EQ(evidence.faults.at(0).why_not, "0 made fewer `out` calls before it ended");
  EXPECT_EQ(evidence.faults.at(1).why_not, "the fault before it did not fire");
}

TEST(FaultsTest, a_struck_call_that_comes_again_is_counted_once) {
  const Evidence evidence = fired(shell("trap : TERM; echo one; echo two; echo three"), "SIGTERM@0:out:2,kill@0:out:3");
  EXPECT_EQ(evidence.out.head, "one\ntwo\n");
}

TEST(FaultsTest, an_exact_fault_replays_the_same_way_every_time) {
  TrialRunner runner(scenario_of(shell("f=$(mktemp); echo hello >$f; cat $f; rm $f")));
  for (int i = 0; i < 20; ++i) {
    const Evidence evidence = runner.run(lean_request("kill@0.1:open:1:after"));
    ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_EQ(evidence.processes.at(1).end, WaitStatus::killed(9));
    if (world_under_test() == WorldKind::overlay) {
      EXPECT_EQ(evidence.processes.at(1).pid, 4) << "pids are the same in every trial";
    }
  }
}

}  // namespace
}  // namespace exitproof::testing
