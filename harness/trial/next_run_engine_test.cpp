#include <gtest/gtest.h>

#include "harness/trial/trial_testing.hpp"

// The command, run again in the world that a trial left.
namespace exitproof::testing {
namespace {

Evidence with_next_run(Scenario scenario, std::string_view plan, NextRunWhen when = NextRunWhen::when_left) {
  TrialRequest request = lean_request(plan);
  request.next_run = when;
  Evidence evidence = try_once(scenario, request);
  EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
  return evidence;
}

Evidence shell_again(const std::string& script, std::string_view plan, NextRunWhen when = NextRunWhen::when_left) {
  return with_next_run(scenario_of({"/bin/sh", "-c", script}), plan, when);
}

bool has(const std::vector<FileChange>& files, std::string_view path) {
  return std::any_of(files.begin(), files.end(), [&](const FileChange& file) { return file.path == path; });
}

TEST(NextRunTest, finds_what_the_trial_left_and_what_the_next_run_makes_of_it) {
  const Evidence evidence = shell_again(
      "[ -e /tmp/next_run.lock ] && { echo stale >&2; exit 3; }; : >/tmp/next_run.lock; rm /tmp/next_run.lock",
      "kill-tree@0:fork:1");
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_TRUE(has(evidence.files, "/tmp/next_run.lock"));
  EXPECT_EQ(evidence.next_run->root_end, WaitStatus::exited(3));
  EXPECT_EQ(evidence.next_run->err.head, "stale\n");
  EXPECT_EQ(evidence.next_run->failure, "");
  EXPECT_TRUE(has(evidence.next_run->files, "/tmp/next_run.lock"));

  const Evidence sweeps = shell_again(
      "rm -f /tmp/next_run.part; : >/tmp/next_run.part; mv /tmp/next_run.part /tmp/next_run.txt", "kill-tree@0:fork:2");
  ASSERT_TRUE(sweeps.next_run) << explain(sweeps);
  EXPECT_TRUE(has(sweeps.files, "/tmp/next_run.part"));
  EXPECT_EQ(sweeps.next_run->root_end, WaitStatus::exited(0));
  EXPECT_FALSE(has(sweeps.next_run->files, "/tmp/next_run.part"));
}

TEST(NextRunTest, is_made_only_where_something_was_left) {
  EXPECT_FALSE(shell_again("/bin/true; :", "kill@0:fork:1").next_run);
  EXPECT_TRUE(shell_again("/bin/true; :", "kill@0:fork:1", NextRunWhen::always).next_run);
  EXPECT_FALSE(shell_again(": >/tmp/next_run.txt", "kill@0:exit:1", NextRunWhen::never).next_run);
  TrialRequest request = lean_request("SIGWINCH@0:exit:1");
  request.next_run = NextRunWhen::when_left;
  const Scenario scenario = scenario_of({"/bin/sh", "-c", "echo a >/tmp/next_run.txt"});
  const Evidence first = try_once(scenario, request);
  ASSERT_TRUE(first.next_run) << explain(first);
  request.clean_state = {state_of(first.files.at(0))};
  EXPECT_FALSE(try_once(scenario, request).next_run);
}

TEST(NextRunTest, waits_for_what_ends_within_the_grace_after_its_root) {
  Scenario scenario = scenario_of(
      {"/bin/sh", "-c", ": >/tmp/next_run.tmp; { sleep 0.6; rm /tmp/next_run.tmp; } >/dev/null 2>&1 & exit 0"});
  scenario.contract.grace = Millis(20'000);
  const Evidence evidence = with_next_run(scenario, "none", NextRunWhen::always);
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_FALSE(has(evidence.files, "/tmp/next_run.tmp"));
  EXPECT_FALSE(has(evidence.next_run->files, "/tmp/next_run.tmp"));
}

TEST(NextRunTest, meets_what_survived) {
  // The orphan holds a lock that the next run wants.
  const Evidence evidence =
      shell_again("exec 9>/tmp/next_run.lock; flock -n 9 || { echo locked >&2; exit 4; }; sleep 60 & exec 9>&-; wait",
                  "kill@0:quiet:1");
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_EQ(evidence.next_run->root_end, WaitStatus::exited(4));
  EXPECT_EQ(evidence.next_run->err.head, "locked\n");
}

TEST(NextRunTest, that_waits_for_ever_is_given_up_at_once) {
  const Evidence evidence =
      shell_again("exec 9>/tmp/next_run.lock; flock 9; sleep 60 & exec 9>&-; wait", "kill@0:quiet:1");
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_FALSE(evidence.next_run->root_end);
  EXPECT_TRUE(evidence.next_run->failure.starts_with("it waits for ever: flock waits in flock"))
      << evidence.next_run->failure;
}

TEST(NextRunTest, of_a_server_is_stopped_as_the_first) {
  Scenario scenario = scenario_of({"unix_server", "/tmp/next_run.sock", "/tmp/next_run.pid"});
  scenario.stop = StopBy::parse("SIGTERM");
  const Evidence clean = with_next_run(scenario, "none", NextRunWhen::always);
  ASSERT_TRUE(clean.next_run) << explain(clean);
  EXPECT_EQ(clean.next_run->root_end, clean.root_end) << explain(clean);
  EXPECT_TRUE(clean.next_run->stopped_by_harness);
  const Evidence killed = with_next_run(scenario, "kill@0:quiet:1");
  ASSERT_TRUE(killed.next_run) << explain(killed);
  EXPECT_EQ(killed.next_run->root_end, WaitStatus::exited(1));
  EXPECT_FALSE(killed.next_run->stopped_by_harness);
}

TEST(NextRunTest, has_room_on_a_disk_that_was_full) {
  const Evidence evidence = shell_again("head -c 20000 /dev/zero >/tmp/next_run.txt", "full@0.1:write:1");
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(1));
  EXPECT_EQ(evidence.next_run->root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(evidence.next_run->files.at(0).size, 20'000U);
}

TEST(NextRunTest, has_room_on_a_disk_that_was_full_twice) {
  const Evidence evidence =
      shell_again("head -c 20000 /dev/zero >/tmp/next_run.txt", "full@0:open=next_run.txt:1,full@0.1:write:1");
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.next_run->root_end, WaitStatus::exited(0)) << explain(evidence);
}

TEST(NextRunTest, may_be_another_command) {
  Scenario scenario = scenario_of({"/bin/sh", "-c", "echo a >/tmp/next_run.txt"});
  scenario.contract.restart = "cat /tmp/next_run.txt; rm /tmp/next_run.txt";
  const Evidence evidence = with_next_run(scenario, "none", NextRunWhen::always);
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_EQ(evidence.next_run->out.head, "a\n");
  EXPECT_TRUE(evidence.next_run->files.empty());
}

TEST(NextRunTest, is_made_by_another_command_where_nothing_was_left) {
  Scenario scenario = scenario_of({"/bin/sh", "-c", "echo a >/tmp/next_run.txt"});
  scenario.contract.restart = "test -f /tmp/next_run.txt";
  const Evidence evidence = with_next_run(scenario, "kill@0:open=next_run.txt:1");
  EXPECT_TRUE(evidence.files.empty()) << explain(evidence);
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_EQ(evidence.next_run->root_end, WaitStatus::exited(1));
}

TEST(NextRunTest, files_are_asked_by_the_contracts_validators) {
  Scenario scenario =
      scenario_of({"/bin/sh", "-c", "echo whole >/tmp/a.val; echo who >/tmp/b.val; echo x >/tmp/c.txt"});
  scenario.contract.validators = {{"*.val", "grep -q whole \"$1\""}};
  const Evidence evidence = try_once(scenario, lean_request("none"));
  ASSERT_EQ(evidence.validations.size(), 2U) << explain(evidence);
  EXPECT_EQ(evidence.validations.at(0), (Validation{"/tmp/a.val", true}));
  EXPECT_EQ(evidence.validations.at(1), (Validation{"/tmp/b.val", false}));
}

}  // namespace
}  // namespace exitproof::testing
