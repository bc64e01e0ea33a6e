#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trial/trial_testing.hpp"

// Subjects that wait, are driven and are stopped; subjects that do not end; what is left of them.
namespace exitproof::testing {
namespace {

std::vector<std::string> shell(std::string script) {
  return {"/bin/sh", "-c", std::move(script)};
}

TrialRequest survey() {
  TrialRequest request = rich_request();
  request.decide_waiting = true;
  return request;
}

Scenario unix_server() {
  return scenario_of({"unix_server", "/tmp/phases_test.sock", "/tmp/phases_test.pid"});
}

TEST(PhasesTest, a_survey_stops_a_subject_that_waits) {
  const Evidence evidence = try_once(unix_server(), survey());
  EXPECT_TRUE(evidence.stopped_by_harness) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_TRUE(evidence.files.empty()) << explain(evidence);
  EXPECT_TRUE(evidence.bound_a_socket);
}

TEST(PhasesTest, a_driver_works_in_the_world_before_the_stop) {
  Scenario scenario = unix_server();
  scenario.ready = ReadyWhen::parse("listen:/tmp/phases_test.sock");
  scenario.stop = StopBy::parse("SIGTERM");
  scenario.drive = scenario_of({"unix_client"}).command.front() + " /tmp/phases_test.sock hello";
  const Evidence evidence = try_once(scenario, rich_request());
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(count_events(evidence, EventKind::driver), 2U) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
}

TEST(PhasesTest, a_driver_that_fails_without_a_fault_is_said) {
  Scenario scenario = unix_server();
  scenario.stop = StopBy::parse("SIGTERM");
  scenario.drive = "exit 3";
  const Evidence evidence = try_once(scenario, rich_request());
  ASSERT_TRUE(evidence.harness_error);
  EXPECT_NE(evidence.harness_error->find("exit 3"), std::string::npos) << *evidence.harness_error;
}

TEST(PhasesTest, ready_may_be_a_line_of_output_or_a_file) {
  Scenario scenario = scenario_of(shell("sleep 0.1; echo ready; touch phases_test.ready; sleep 60"));
  scenario.stop = StopBy::parse("SIGTERM");
  for (const char* when : {"out:^ready$", "file:/tmp/phases_test.ready"}) {
    scenario.ready = ReadyWhen::parse(when);
    const Evidence evidence = try_once(scenario, lean_request("none"));
    EXPECT_TRUE(evidence.stopped_by_harness) << explain(evidence);
    EXPECT_EQ(evidence.out.head, "ready\n") << when;
  }
}

TEST(PhasesTest, stops_by_key_and_by_end_of_input_and_by_command) {
  Scenario scenario = scenario_of(shell("cat; echo over"));
  scenario.stop = StopBy::parse("eof");
  EXPECT_EQ(try_once(scenario, lean_request("none")).out.head, "over\n");
  scenario = scenario_of(shell("trap 'echo key; exit 0' INT; sleep 60"));
  scenario.stop = StopBy::parse("ctrl-c");
  EXPECT_EQ(try_once(scenario, lean_request("none")).out.head, "key\n");
  scenario = scenario_of(shell("trap 'echo told; exit 0' USR1; while :; do sleep 0.05; done"));
  scenario.stop = StopBy::parse("kill -USR1 $EXITPROOF_PID");
  EXPECT_EQ(try_once(scenario, lean_request("none")).out.head, "told\n");
}

TEST(PhasesTest, a_subject_that_ignores_its_stop_hangs) {
  Scenario scenario = scenario_of({"sigterm_ignored_wait"});
  scenario.stop = StopBy::parse("SIGTERM");
  const Evidence evidence = try_once(scenario, lean_request("none"));
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_TRUE(evidence.hang->at_once);
  EXPECT_FALSE(evidence.root_end);
}

TEST(PhasesTest, a_stopped_subject_hangs) {
  const Evidence evidence = try_once({"stops_itself"}, survey());
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_EQ(evidence.hang->tasks.at(0).call, "stopped by job control");
}

TEST(PhasesTest, an_orphan_says_what_it_holds) {
  Scenario scenario = scenario_of(shell("exec 9>phases_test.lock; flock 9; sleep 60 & exec sleep 0.05"));
  const Evidence evidence = try_once(scenario, lean_request("none"));
  ASSERT_EQ(evidence.survivors.size(), 1U) << explain(evidence);
  EXPECT_FALSE(evidence.survivors.at(0).ended_after);
  EXPECT_THAT(evidence.survivors.at(0).holds, ::testing::Contains("lock on /tmp/phases_test.lock"));
}

TEST(PhasesTest, a_child_that_ends_with_its_parent_is_transient) {
  const Evidence evidence = try_once({"child_ends_on_eof"}, lean_request("kill@0:quiet:1"));
  ASSERT_TRUE(evidence.all_faults_fired());
  for (const Survivor& survivor : evidence.survivors) {
    EXPECT_TRUE(survivor.ended_after) << explain(evidence);
  }
}

TEST(PhasesTest, zombies_are_seen_and_reaped_children_are_not) {
  const Evidence never = try_once({"never_waits", "600"}, lean_request("none"));
  EXPECT_EQ(never.zombies.size(), 3U) << explain(never);
  for (const char* reaps : {"sigchld_ign", "reaped_in_handler"}) {
    const Evidence evidence = try_once({reaps, "500"}, lean_request("none"));
    EXPECT_TRUE(evidence.zombies.empty()) << explain(evidence);
  }
  const Evidence late = try_once({"reaped_late", "500"}, rich_request());
  ASSERT_EQ(late.zombies.size(), 1U) << explain(late);
  EXPECT_TRUE(late.zombies.at(0).reaped_after);
}

TEST(PhasesTest, a_zombie_is_its_adopters_to_reap) {
  const ProcessPath grandchild = ProcessPath::root().child(1).child(1);
  for (const TrialRequest& request : {lean_request("none"), rich_request()}) {
    for (const char* how : {"living", "ended"}) {
      const Evidence evidence = try_once({"adopts_and_never_waits", how, "500"}, request);
      EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
      ASSERT_EQ(evidence.zombies.size(), how[0] == 'e' ? 2U : 1U) << explain(evidence);
      const Zombie& zombie = evidence.zombies.back();
      EXPECT_EQ(zombie.process, grandchild);
      EXPECT_EQ(zombie.parent, ProcessPath::root());
      EXPECT_TRUE(zombie.at_parents_end);
      EXPECT_GE(zombie.unreaped_for.count(), 300'000);
    }
    const Evidence reaps = try_once({"adopts_and_never_waits", "reaps", "500"}, request);
    EXPECT_TRUE(reaps.zombies.empty()) << explain(reaps);
    EXPECT_EQ(reaps.find(grandchild)->reaping, Reaping::by_parent) << explain(reaps);
    if (request.events) {
      EXPECT_EQ(reaps.find(grandchild)->reaper, ProcessPath::root()) << explain(reaps);
    }
  }
}

TEST(PhasesTest, the_terminal_is_compared_with_its_start) {
  EXPECT_FALSE(try_once({"raw_not_restored"}, lean_request("SIGTERM@0:quiet:1")).terminal_changes.empty());
  EXPECT_TRUE(try_once({"raw_not_restored"}, lean_request("none")).terminal_changes.empty());
  EXPECT_TRUE(try_once({"raw_restored_on_signals"}, lean_request("SIGTERM@0:quiet:1")).terminal_changes.empty());
}

TEST(PhasesTest, what_the_terminal_is_to_others_is_compared_too) {
  Scenario scenario = scenario_of({"changes_terminal", "size"});
  EXPECT_EQ(try_once(scenario, lean_request("none")).terminal_changes,
            "its size is 5 rows of 40 columns, not 24 of 80");
  scenario.command = scenario_of({"changes_terminal", "nonblock"}).command;
  EXPECT_EQ(try_once(scenario, lean_request("none")).terminal_changes, "") << "it was not given the terminal";
  scenario.tty = true;
  EXPECT_EQ(try_once(scenario, lean_request("none")).terminal_changes, "non-blocking mode (O_NONBLOCK) is on");
  for (const char* what : {"size", "nonblock"}) {
    scenario.command = scenario_of({"changes_terminal", what, "back"}).command;
    const Evidence evidence = try_once(scenario, lean_request("none"));
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    EXPECT_EQ(evidence.terminal_changes, "");
  }
}

TEST(PhasesTest, a_working_directory_that_is_not_there_is_said_once) {
  Scenario scenario = scenario_of({"/bin/true"});
  scenario.working_directory = "/no/such/directory";
  try {
    const Evidence evidence = try_once(scenario, lean_request("none"));
    ASSERT_TRUE(evidence.harness_error);
    EXPECT_EQ(*evidence.harness_error, "chdir to /no/such/directory: No such file or directory");
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "chdir to /no/such/directory: No such file or directory");
  }
}

TEST(PhasesTest, a_command_that_cannot_be_executed_is_said) {
  const Evidence evidence = try_once({"/no/such/program"}, lean_request("none"));
  ASSERT_TRUE(evidence.harness_error);
  EXPECT_EQ(*evidence.harness_error, "cannot execute '/no/such/program': No such file or directory");
}

TEST(PhasesTest, hostile_subjects_end_within_their_deadlines) {
  EXPECT_EQ(try_once({"fork_500"}, lean_request("none")).processes.size(), 501U);
  EXPECT_EQ(try_once({"gigabyte_output", "64"}, lean_request("none")).out.bytes, 64U << 20U);
  EXPECT_EQ(try_once({"close_all_fds"}, lean_request("none")).root_end, WaitStatus::exited(0));
  Scenario scenario = scenario_of({"ignores_everything"});
  scenario.stop = StopBy::parse("SIGTERM");
  scenario.timeout = Millis(1'000);
  EXPECT_TRUE(try_once(scenario, lean_request("none")).hang);
  const Evidence hopper = try_once({"fork_hopper", "200000"}, lean_request("none"));
  EXPECT_FALSE(hopper.harness_error) << *hopper.harness_error;
  EXPECT_FALSE(hopper.survivors.empty());
}

}  // namespace
}  // namespace exitproof::testing
