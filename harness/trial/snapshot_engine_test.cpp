#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "exitproof/evidence_json.hpp"
#include "harness/trial/snapshot_trials.hpp"
#include "harness/trial/tracer_process.hpp"
#include "harness/trial/trial_testing.hpp"
#include "harness/trial/trusted_copies.hpp"

// What begins with a copy must show what begins at the start does, however often.
namespace exitproof::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SnapshotTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (world_under_test() != WorldKind::overlay) {
      GTEST_SKIP() << "copies need a world of copied files";
    }
  }

  static Scenario scenario(std::vector<std::string> command) {
    Scenario one = scenario_of(std::move(command));
    one.fresh_network = true;
    return one;
  }

  /// Makes the trial from the start once, and as a copy several times; what a copy shows, which is the same.
  Evidence same_both_ways(const Scenario& one, std::string_view plan, unsigned copies = 4) {
    TracerProcess starts(one, Beginning::start);
    TracerProcess snapshots(one, Beginning::snapshot);
    const TrialRequest request = lean_request(plan);
    EXPECT_TRUE(may_begin_with_copy(request)) << plan;
    const Evidence expected = ask(starts, request);
    Evidence copy;
    for (unsigned round = 0; round < copies; ++round) {
      copy = ask(snapshots, request);
      EXPECT_TRUE(copy.from_snapshot);
      EXPECT_THAT(differences(copy, expected), IsEmpty()) << plan << "\n"
                                                          << explain(copy) << "\nfrom the start:\n"
                                                          << explain(expected);
    }
    EXPECT_FALSE(expected.from_snapshot);
    return copy;
  }
  Evidence same_both_ways(std::vector<std::string> command, std::string_view plan = "none") {
    return same_both_ways(scenario(std::move(command)), plan);
  }

  static Evidence ask(TracerProcess& tracer, const TrialRequest& request) {
    const auto answer = tracer.ask(request);
    if (!answer || !answer->starts_with('{')) {
      ADD_FAILURE() << (answer ? "no evidence: " + *answer : "the tracer has ended");
      return {};
    }
    return evidence_from_json(*answer);
  }
};

TEST_F(SnapshotTest, has_its_own_place_in_an_open_file) {
  const Evidence copy = same_both_ways({"starts_late", "reads", "/etc/passwd"});
  EXPECT_THAT(copy.out.head, HasSubstr("root"));
}

TEST_F(SnapshotTest, has_its_own_open_directory) {
  const Evidence copy = same_both_ways({"starts_late", "directory", "/tmp"});
  EXPECT_NE(find_file(copy, "/tmp/here"), nullptr) << explain(copy);
  EXPECT_NE(find_file(copy, "/tmp/beside"), nullptr) << explain(copy);
}

TEST_F(SnapshotTest, is_the_same_process_and_sees_no_other) {
  const Evidence copy = same_both_ways({"starts_late", "who"});
  // Process 1, the leader and itself.
  EXPECT_EQ(copy.out.head, "cached 3 child 4 of 3 who 3 3 2 3 2 unlock 0 processes 3 foreground 1");
}

TEST_F(SnapshotTest, is_not_kept_from_signalling_everybody) {
  const Evidence copy = same_both_ways({"starts_late", "everybody"});
  EXPECT_EQ(copy.out.head, "sent 0 ended by 15");
}

TEST_F(SnapshotTest, is_made_before_a_timer_is_armed) {
  const Evidence copy = same_both_ways(scenario({"starts_late", "alarm"}), "none", 2);
  EXPECT_EQ(copy.root_end, WaitStatus::from_raw(14)) << explain(copy);
}

TEST_F(SnapshotTest, has_stdout_as_it_was_given) {
  const Evidence copy = same_both_ways({"starts_late", "stdout"});
  EXPECT_EQ(copy.out.head, "non-blocking 0");
}

TEST_F(SnapshotTest, prints_once_what_was_buffered_before) {
  const Evidence copy = same_both_ways({"starts_late", "buffer"});
  EXPECT_EQ(copy.out.head, "buffered before; after\n");
}

TEST_F(SnapshotTest, is_struck_at_the_same_call) {
  for (const char* plan : {"kill@0:open:1", "kill@0:open:2", "kill@0:open:2:after", "ENOSPC@0:open:1",
                           "SIGTERM@0:open:2", "ctrl-c@0:open:1", "kill@0:open=beside:1", "kill@0:exit:1"}) {
    const Evidence copy = same_both_ways(scenario({"starts_late", "directory", "/tmp"}), plan, 2);
    EXPECT_TRUE(copy.all_faults_fired()) << plan << explain(copy);
  }
}

TEST_F(SnapshotTest, has_descendants_that_are_struck) {
  const Evidence copy = same_both_ways(scenario({"starts_late", "child"}), "kill@0.1:exit:1", 2);
  EXPECT_TRUE(copy.all_faults_fired()) << explain(copy);
}

TEST_F(SnapshotTest, of_python_tells_of_the_same_handlers) {
  Scenario python = scenario({"/usr/bin/python3", "-c",
                              "import atexit, os\natexit.register(print, 'bye')\nopen('made', 'w').write('x')\n"
                              "os.waitpid(os.fork() or os._exit(3), 0)\nprint('done')\n"});
  python.agents = true;
  const Evidence copy = same_both_ways(python, "none", 3);
  EXPECT_FALSE(copy.handlers.empty()) << explain(copy);
  same_both_ways(python, "kill@0:write:1", 2);
  same_both_ways(python, "kill@0:open=made:1", 2);
}

TEST_F(SnapshotTest, is_made_earlier_where_a_socket_stays_open) {
  const std::string program =
      "import select, socket, os\nselect.epoll().close()\n{}socket.socket()\nprint('before')\n"
      "open('made', 'w').write('x')\n";
  for (const char* keeps : {"", "kept = "}) {
    const Evidence copy =
        same_both_ways(scenario({"/usr/bin/python3", "-c", fmt::format(fmt::runtime(program), keeps)}), "none", 2);
    EXPECT_NE(find_file(copy, "/tmp/made"), nullptr) << explain(copy);
  }
}

TEST_F(SnapshotTest, is_no_answer_to_a_fault_in_the_start) {
  const Scenario one = scenario({"starts_late", "buffer"});
  TracerProcess snapshots(one, Beginning::snapshot);
  EXPECT_EQ(snapshots.ask(lean_request("kill@0:close:1")), "");
  EXPECT_TRUE(ask(snapshots, lean_request("kill@0:open:1")).from_snapshot);
}

TEST_F(SnapshotTest, is_not_asked_of_plans_that_change_what_is_shared) {
  for (const char* plan : {"full@0:open:1", "epipe@0:open:1", "hangup@0:open:1", "kill@0:tick:1", "kill@0:open:1+10ms",
                           "kill@0:probe=x:1", "kill@0:open:1,schedule=7"}) {
    EXPECT_FALSE(may_begin_with_copy(lean_request(plan))) << plan;
  }
}

TEST_F(SnapshotTest, makes_a_new_template_when_a_trial_changed_a_file) {
  const std::string file = fmt::format("/tmp/exitproof-snapshot-{}", ::getpid());
  std::ofstream(file) << "first\n";
  const Scenario one = scenario({"/bin/sh", "-c", fmt::format("echo more >> {0}; cat {0}", file)});
  const Evidence copy = same_both_ways(one, "none", 3);
  EXPECT_NE(find_file(copy, file), nullptr) << explain(copy);
  EXPECT_EQ(copy.out.head, "first\nmore\n");
  std::filesystem::remove(file);
}

TEST_F(SnapshotTest, is_used_only_where_it_was_asked_for) {
  Scenario one = scenario({"starts_late", "buffer"});
  TrialRequest request = lean_request("none");
  request.snapshot = true;
  EXPECT_FALSE(TrialRunner(one).run(request).from_snapshot);
  one.snapshots = true;
  one.time_mode = TimeMode::virtual_;
  const Evidence evidence = TrialRunner(one).run(request);
  EXPECT_FALSE(evidence.from_snapshot);
  EXPECT_THAT(evidence.skipped, ::testing::Contains("snapshots: its clocks are its own"));
}

}  // namespace
}  // namespace exitproof::testing
