#include <gtest/gtest.h>

#include <map>

#include "harness/trial/trial_testing.hpp"

// Each known trap of following a process tree has a subject that exits 0 outside a tracer. Traced, it
// must do the same: looked at fully, and looked at hardly at all.
namespace exitproof::testing {
namespace {

struct Trap {
  std::vector<std::string> command;
  std::size_t processes;  ///< that a correct tracer sees; 0: not looked at
};

void PrintTo(const Trap& trap, std::ostream* out) {
  for (const std::string& word : trap.command) {
    *out << word << ' ';
  }
}

class TrapTest : public ::testing::TestWithParam<Trap> {};

TEST_P(TrapTest, behaves_as_outside_when_everything_is_looked_at) {
  const Evidence evidence = try_once(GetParam().command, rich_request());
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  if (GetParam().processes > 0) {
    EXPECT_EQ(evidence.processes.size(), GetParam().processes) << explain(evidence);
  }
  EXPECT_TRUE(evidence.survivors.empty()) << explain(evidence);
  EXPECT_TRUE(evidence.files.empty()) << explain(evidence);
}

TEST_P(TrapTest, behaves_as_outside_in_a_lean_trial) {
  const Evidence evidence = try_once(GetParam().command, lean_request("kill@0.99:write:1"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_FALSE(evidence.faults.at(0).fired);
  EXPECT_EQ(evidence.faults.at(0).why_not, "there was no process 0.99");
}

TEST_P(TrapTest, behaves_as_outside_under_a_schedule) {
  std::vector<std::string> command = GetParam().command;
  // Who slept goes on after a thousand turns of those who never wait: one kill shows the same as many.
  if (command.front() == "killed_at_stop") command.back() = "1";
  const Evidence evidence = try_once(command, lean_request("none,schedule=3"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_TRUE(evidence.survivors.empty()) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(all, TrapTest,
                         ::testing::Values(Trap{{"sigchld_ignored_epoll"}, 0}, Trap{{"clone_untraced"}, 3},
                                           Trap{{"group_stop", "SIGSTOP"}, 2}, Trap{{"group_stop", "SIGTSTP"}, 2},
                                           Trap{{"continued_by_child"}, 2}, Trap{{"newborn_storm"}, 81},
                                           Trap{{"exec_from_thread"}, 1}, Trap{{"killed_at_stop", "30"}, 31},
                                           Trap{{"signal_count"}, 0}, Trap{{"foreign_call"}, 0},
                                           Trap{{"io_uring_probe"}, 1}, Trap{{"own_seccomp", "errno"}, 2},
                                           Trap{{"own_seccomp", "kill"}, 2}, Trap{{"setuid_no_exec"}, 2},
                                           Trap{{"shim"}, 6}, Trap{{"tree_cleanup"}, 4}, Trap{{"lost_worker"}, 3}));

TEST(TrapsTest, a_subject_that_traces_cannot_be_tried) {
  for (const char* way : {"traceme", "seize"}) {
    const Evidence evidence = try_once({"uses_ptrace", way}, rich_request());
    ASSERT_TRUE(evidence.harness_error);
    EXPECT_TRUE(evidence.harness_error->starts_with("cannot be tried: uses_ptrace")) << *evidence.harness_error;
  }
}

TEST(TrapsTest, a_storm_of_newborns_keeps_its_paths) {
  const Evidence evidence = try_once({"newborn_storm", "5"}, rich_request());
  for (const ProcessRecord& process : evidence.processes) {
    if (process.path.births.size() == 2) {
      EXPECT_EQ(process.path.births.at(1), 1U) << "each child has one child";
    }
  }
}

TEST(TrapsTest, a_call_and_its_end_have_one_name) {
  const Evidence evidence = try_once({"clone_untraced"}, rich_request());
  std::map<ProcessPath, std::string> begun;
  for (const Event& event : evidence.events) {
    if (event.kind == EventKind::call) {
      begun[event.who] = event.call;
    } else if (event.kind == EventKind::call_end) {
      EXPECT_EQ(event.call, begun[event.who]);
      EXPECT_NE(event.call, "");
    }
  }
  EXPECT_FALSE(begun.empty());
}

TEST(TrapsTest, an_exec_from_a_thread_is_no_death) {
  const Evidence evidence = try_once({"exec_from_thread"}, rich_request());
  EXPECT_EQ(count_events(evidence, EventKind::death), 1U) << explain(evidence);
  EXPECT_EQ(count_events(evidence, EventKind::exec), 2U) << explain(evidence);
}

TEST(TrapsTest, kill_tree_gives_nobody_time_to_clean_up) {
  const Evidence evidence = try_once({"tree_cleanup"}, lean_request("kill-tree@quiet:1"));
  ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.files.size(), 3U) << explain(evidence);
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(9));
}

TEST(TrapsTest, the_interrupt_key_is_input_in_raw_mode) {
  const Evidence evidence = try_once({"raw_mode", "5000"}, lean_request("ctrl-c@quiet:1"));
  ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::input);
  EXPECT_NE(evidence.out.head.find("key 3"), std::string::npos) << explain(evidence);
  EXPECT_TRUE(evidence.terminal_changes.empty()) << evidence.terminal_changes;
}

TEST(TrapsTest, a_terminal_of_the_leader_hides_no_orphan) {
  const Evidence evidence = try_once({"session_orphan"}, lean_request("none"));
  ASSERT_EQ(evidence.survivors.size(), 1U) << explain(evidence);
  EXPECT_FALSE(evidence.survivors.at(0).ended_after);
}

TEST(TrapsTest, a_killed_worker_that_is_waited_for_is_a_hang_at_once) {
  const Evidence evidence = try_once({"lost_worker"}, lean_request("kill@0.1:quiet:1"));
  ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  ASSERT_TRUE(evidence.hang) << explain(evidence);
  EXPECT_TRUE(evidence.hang->at_once);
}

}  // namespace
}  // namespace exitproof::testing
