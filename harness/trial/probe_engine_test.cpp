#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "harness/model/test_paths_testing.hpp"
#include "harness/trial/trial_testing.hpp"

// What the tracer understands of the probe, and what stands in the evidence then.
namespace exitproof::testing {
namespace {

/// Looked at fully, and hardly at all: what is told of handlers is the same.
class ProbeTest : public ::testing::TestWithParam<const char*> {
 protected:
  static Evidence told(std::vector<std::string> command) {
    const bool rich = std::string_view(GetParam()) == "rich";
    Evidence evidence = try_once(std::move(command), rich ? rich_request() : lean_request("none"));
    EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    return evidence;
  }
};

INSTANTIATE_TEST_SUITE_P(trials, ProbeTest, ::testing::Values("rich", "lean"),
                         [](const auto& trial) { return std::string(trial.param); });

TEST_P(ProbeTest, a_handler_is_registered_and_run) {
  const Evidence evidence = told({"tells_of_handlers", "all"});
  ASSERT_EQ(evidence.handlers.size(), 6U) << explain(evidence);
  const Handler& first = evidence.handlers.at(0);
  EXPECT_EQ(first.registrar, ProcessPath::root());
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(first.kind, "atexit");
  EXPECT_EQ(first.name, "remove_temp_file");
  EXPECT_EQ(first.file, "main.c");
  EXPECT_EQ(first.line, 12);
  EXPECT_FALSE(first.of_runtime);
  EXPECT_FALSE(first.unregistered);
  ASSERT_EQ(first.runs.size(), 1U);
  EXPECT_EQ(first.runs.at(0).thread, ProcessPath::root());
  EXPECT_TRUE(first.runs.at(0).finished);
  EXPECT_EQ(first.runs.at(0).raised, "");
  EXPECT_EQ(evidence.processes.at(0).way_out, "_exit");
  ASSERT_EQ(evidence.agents.size(), 1U);
  EXPECT_EQ(evidence.agents.at(0).name, "probe");
}

TEST_P(ProbeTest, a_handler_without_a_name_has_its_codes) {
  const Handler handler = told({"tells_of_handlers", "all"}).handlers.at(1);
  EXPECT_EQ(handler.name, "flush_the_cache");
  EXPECT_TRUE(handler.file.ends_with("scenarios/probe/tells_of_handlers.c")) << handler.file;
  EXPECT_GT(handler.line, 0);
}

TEST_P(ProbeTest, a_handler_that_raises_has_not_finished) {
  const Handler handler = told({"tells_of_handlers", "all"}).handlers.at(1);
  ASSERT_EQ(handler.runs.size(), 1U);
  EXPECT_FALSE(handler.runs.at(0).finished);
  EXPECT_EQ(handler.runs.at(0).raised, "ValueError: no cache");
}

TEST_P(ProbeTest, a_handler_that_is_taken_back_says_so) {
  const Handler handler = told({"tells_of_handlers", "all"}).handlers.at(2);
  EXPECT_TRUE(handler.unregistered);
  EXPECT_TRUE(handler.of_runtime);
  EXPECT_TRUE(handler.runs.empty());
}

TEST_P(ProbeTest, handlers_that_do_not_run_or_run_half) {
  const Evidence evidence = told({"tells_of_handlers", "all"});
  const Handler& never_run = evidence.handlers.at(4);
  EXPECT_EQ(never_run.kind, "Finalize");
  EXPECT_TRUE(never_run.runs.empty());
  const Handler& same_number = evidence.handlers.at(5);
  EXPECT_EQ(same_number.number, 1U);
  EXPECT_EQ(same_number.name, "again");
  ASSERT_EQ(same_number.runs.size(), 1U);
  EXPECT_FALSE(same_number.runs.at(0).finished);
  EXPECT_EQ(same_number.runs.at(0).raised, "");
}

TEST_P(ProbeTest, a_child_runs_its_parents_handlers) {
  const Evidence evidence = told({"tells_of_handlers", "inherited"});
  ASSERT_EQ(evidence.handlers.size(), 2U) << explain(evidence);
  for (const Handler& handler : evidence.handlers) {
    EXPECT_EQ(handler.registrar, ProcessPath::root());
    ASSERT_EQ(handler.runs.size(), 2U) << explain(evidence);
    EXPECT_TRUE(handler.runs.at(0).finished && handler.runs.at(1).finished);
  }
  const ProcessPath child = ProcessPath::root().child(1);
  const auto in_child = [&child](const Handler& handler) {
    return *std::find_if(handler.runs.begin(), handler.runs.end(),
                         [&child](const HandlerRun& run) { return run.thread == child; });
  };
  EXPECT_TRUE(in_child(evidence.handlers.at(0)).changed_something) << explain(evidence);
  EXPECT_FALSE(in_child(evidence.handlers.at(1)).changed_something) << explain(evidence);
}

TEST_P(ProbeTest, a_vforked_child_has_its_makers_handlers) {
  const Evidence evidence = told({"tells_of_handlers", "vforked"});
  ASSERT_EQ(evidence.handlers.size(), 1U) << explain(evidence);
  ASSERT_EQ(evidence.handlers.at(0).runs.size(), 1U) << explain(evidence);
  EXPECT_EQ(evidence.handlers.at(0).runs.at(0).thread, ProcessPath::root().child(1));
}

TEST_P(ProbeTest, exec_loses_what_has_not_run) {
  const Evidence evidence = told({"tells_of_handlers", "exec"});
  ASSERT_EQ(evidence.handlers.size(), 3U) << explain(evidence);
  EXPECT_TRUE(evidence.handlers.at(0).lost_by_exec);
  EXPECT_FALSE(evidence.handlers.at(1).lost_by_exec) << "it was taken back";
  EXPECT_FALSE(evidence.handlers.at(2).lost_by_exec) << "it was run";
  EXPECT_EQ(evidence.handlers.at(0).runs.size(), 0U) << "the program that came after does not have it";
  EXPECT_EQ(std::count(evidence.skipped.begin(), evidence.skipped.end(),
                       "handlers-once: tells_of_handlers (0) runs a handler that it has not told of before"),
            1)
      << explain(evidence);
}

TEST_P(ProbeTest, an_agent_tells_of_itself) {
  const Evidence evidence = told({"tells_of_handlers", "agent"});
  const std::vector<AgentRecord> agents = {{ProcessPath::root(), "preload"}, {ProcessPath::root().child(1), "preload"}};
  EXPECT_EQ(evidence.agents, agents);
  EXPECT_EQ(std::count(evidence.skipped.begin(), evidence.skipped.end(), "exceptions: operator new is static"), 1);
}

TEST_P(ProbeTest, answers_whatever_it_is_told) {
  const Evidence evidence = told({"asks_who_listens", "harness"});
  EXPECT_EQ(evidence.out.head, "");
  for (const Handler& handler : evidence.handlers) {
    EXPECT_LE(handler.kind.size(), 4095U);
  }
}

TEST(ProbeAloneTest, says_nothing_without_the_harness) {
  EXPECT_EQ(std::system((subject("asks_who_listens") + " alone").c_str()), 0);
}

TEST(ProbeLogTest, the_log_has_what_handlers_did) {
  const Evidence evidence = try_once({"tells_of_handlers", "all"}, rich_request());
  std::vector<std::string> seen;
  for (const Event& event : evidence.events) {
    if (event.kind == EventKind::handler) {
      seen.push_back(event.call + " " + event.object);
    }
  }
  const std::vector<std::string> expected = {"registers remove_temp_file",
                                             "registers flush_the_cache",
                                             "registers static destructor",
                                             "registers second",
                                             "registers Finalize",
                                             "takes back static destructor",
                                             "starts second",
                                             "starts remove_temp_file",
                                             "finishes remove_temp_file",
                                             "finishes second",
                                             "starts flush_the_cache",
                                             "raises in flush_the_cache",
                                             "registers again",
                                             "starts again"};
  EXPECT_EQ(seen, expected) << explain(evidence);
}

}  // namespace
}  // namespace exitproof::testing
