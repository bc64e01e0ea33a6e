#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "exitproof/evidence_json.hpp"
#include "harness/model/test_paths_testing.hpp"
#include "harness/trial/trial_testing.hpp"

// What the tracer understands of the probe, and what stands in the evidence then.
namespace exitproof::testing {
namespace {

using ::testing::ElementsAre;

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

TEST_P(ProbeTest, a_handler_changes_what_its_process_shares_with_others) {
  const Evidence evidence = told({"tells_of_handlers", "shares"});
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  std::vector<std::string> changing;
  std::vector<std::string> guarded;
  for (const Handler& handler : evidence.handlers) {
    ASSERT_EQ(handler.runs.size(), 1U) << explain(evidence);
    EXPECT_TRUE(handler.runs.at(0).finished);
    (handler.runs.at(0).changed_something ? changing : guarded).push_back(handler.name);
  }
  EXPECT_THAT(changing, ElementsAre("unlocks", "unlocks by fcntl", "seeks", "reads the pipe", "changes flags",
                                    "shuts down", "posts"));
  EXPECT_THAT(guarded, ElementsAre("unlocks its own", "asks where it is", "uses its own", "complains"));
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

TEST_P(ProbeTest, keeps_no_more_than_it_can) {
  const Evidence evidence = told({"tells_of_handlers", "many"});
  EXPECT_TRUE(evidence.handlers.empty()) << "of none it is known how often it was run";
  EXPECT_EQ(std::count(evidence.skipped.begin(), evidence.skipped.end(),
                       "handlers-once: more than 10000 handlers and runs of them were told of: none is judged"),
            1);
}

TEST_P(ProbeTest, answers_whatever_it_is_told) {
  const Evidence evidence = told({"asks_who_listens", "harness"});
  EXPECT_EQ(evidence_from_json(evidence_to_json(evidence)), evidence);
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

class PointTest : public ::testing::Test {
 protected:
  static Evidence passes(std::vector<std::string> arguments, const TrialRequest& request) {
    arguments.insert(arguments.begin(), "passes_points");
    Evidence evidence = try_once(std::move(arguments), request);
    EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
    return evidence;
  }
  static Evidence fired(std::vector<std::string> arguments, std::string_view plan) {
    Evidence evidence = passes(std::move(arguments), lean_request(plan));
    EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    return evidence;
  }
  static std::string why_not(std::vector<std::string> arguments, std::string_view plan) {
    const Evidence evidence = passes(std::move(arguments), lean_request(plan));
    EXPECT_FALSE(evidence.faults.at(0).fired) << explain(evidence);
    return evidence.faults.at(0).why_not;
  }
  static std::vector<SiteRecord> sites(const std::vector<std::string>& arguments, std::string_view call) {
    TrialRequest request = rich_request();
    request.stacks = true;
    std::vector<SiteRecord> found = passes(arguments, request).sites;
    std::erase_if(found, [call](const SiteRecord& site) { return site.call != call; });
    return found;
  }
};

TEST_F(PointTest, kill_at_a_point_is_strictly_there) {
  const Evidence evidence = fired({"save"}, "kill@0:probe=save:2");
  EXPECT_EQ(evidence.out.head, "saved 1\n");
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(9));
  EXPECT_EQ(evidence.faults.at(0).call, "probe");
  EXPECT_EQ(evidence.faults.at(0).object, "save");
  EXPECT_EQ(evidence.faults.at(0).at_thread, ProcessPath::root());
}

TEST_F(PointTest, throw_at_a_point_is_an_exception) {
  const Evidence evidence = fired({"save"}, "throw@0:probe=save:2");
  EXPECT_EQ(evidence.out.head, "saved 1\nthrown at save\nsaved 3\nguard\n");
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
  EXPECT_EQ(evidence.faults.at(0).landing, Landing::thrown);
  EXPECT_TRUE(evidence.processes.at(0).struck);
  EXPECT_FALSE(evidence.end_was_asked);
}

TEST_F(PointTest, a_signal_comes_before_the_point_which_counts_once) {
  const Evidence evidence = fired({"save"}, "SIGTERM@0:probe=save:1,throw@0:probe=save:2");
  EXPECT_EQ(evidence.out.head, "caught\nsaved 1\nthrown at save\nsaved 3\nguard\n");
  EXPECT_EQ(fired({"save"}, "SIGTERM@0:probe=save:1,throw@0:probe=save:1").out.head,
            "caught\nthrown at save\nsaved 2\nsaved 3\nguard\n")
      << "both at the same point";
}

TEST_F(PointTest, ctrl_c_comes_before_the_point) {
  const Evidence evidence = fired({"save"}, "ctrl-c@0:probe=other:3");
  EXPECT_EQ(evidence.out.head, "saved 1\nsaved 2\ncaught\nsaved 3\nguard\n");
}

TEST_F(PointTest, a_pause_holds_at_the_point) {
  const Evidence evidence = fired({"save"}, "pause=1ms@0:probe=save:1,kill@0:probe=save:2");
  EXPECT_EQ(evidence.out.head, "saved 1\n");
}

TEST_F(PointTest, points_are_counted_by_thread) {
  EXPECT_EQ(fired({"threads"}, "kill@0/1:probe=save:3").out.head, "saved 1\nsaved 2\n");
  EXPECT_EQ(why_not({"threads"}, "kill@0:probe=save:1"), "0 passed only 0 points named save");
}

TEST_F(PointTest, a_guard_is_a_handler) {
  const Evidence evidence = passes({"save"}, lean_request("none"));
  ASSERT_EQ(evidence.handlers.size(), 2U) << explain(evidence);
  EXPECT_EQ(evidence.handlers.at(0).kind, "scope guard");
  EXPECT_EQ(evidence.handlers.at(0).name, "say so");
  EXPECT_TRUE(evidence.handlers.at(0).file.ends_with("passes_points.cpp")) << evidence.handlers.at(0).file;
  EXPECT_GT(evidence.handlers.at(0).line, 0);
  ASSERT_EQ(evidence.handlers.at(0).runs.size(), 1U);
  EXPECT_TRUE(evidence.handlers.at(0).runs.at(0).finished);
  EXPECT_TRUE(evidence.handlers.at(1).unregistered);
  EXPECT_TRUE(evidence.handlers.at(1).runs.empty());
}

TEST_F(PointTest, bad_alloc_at_an_allocation) {
  const Evidence evidence = fired({"new", "5000"}, "bad-alloc@0:new:4999");
  EXPECT_EQ(evidence.out.head, "raise bad_alloc in 4999\n");
}

TEST_F(PointTest, an_exception_is_raised_by_its_name) {
  EXPECT_EQ(fired({"lines", "9"}, "raise=KeyboardInterrupt@0:line=report:3").out.head,
            "raise KeyboardInterrupt in 5\n");
  const Evidence evidence = fired({"calls", "9"}, "raise=subprocess.TimeoutExpired@0:call=even:2");
  EXPECT_EQ(evidence.out.head, "raise subprocess.TimeoutExpired in 4\n");
  EXPECT_EQ(evidence.faults.at(0).call, "call");
  EXPECT_EQ(evidence.faults.at(0).object, "/usr/lib/even.py:4");
}

TEST_F(PointTest, nobody_tells_what_nobody_needs) {
  for (const char* mode : {"lines", "calls", "new"}) {
    EXPECT_EQ(passes({mode, "9"}, lean_request("none")).out.head, "enough at 1\n");
  }
  EXPECT_EQ(fired({"lines", "9"}, "SIGTERM@0:line=report:2").out.head, "caught\nenough at 3\n");
  EXPECT_EQ(passes({"new", "9"}, lean_request("kill@0.1:new:1")).out.head, "told all\n");
}

TEST_F(PointTest, an_unfired_fault_says_how_far_it_came) {
  EXPECT_EQ(why_not({"lines", "9"}, "kill@0:line=report:6"), "0 passed only 5 lines of module report");
  EXPECT_EQ(why_not({"calls", "9"}, "kill@0:call=even:6"), "0 passed only 4 call events of module even");
  EXPECT_EQ(why_not({"new", "9"}, "bad-alloc@0:new:10"), "0 passed only 9 allocations");
  EXPECT_EQ(why_not({"save"}, "kill@0:probe=save:4"), "0 passed only 3 points named save");
  EXPECT_EQ(why_not({"save"}, "kill@0:line=save:4"), "nobody in the subject told of lines");
  EXPECT_EQ(why_not({"save"}, "kill@0.1:probe=save:4"), "there was no process 0.1");
}

TEST_F(PointTest, a_survey_keeps_points_as_sites) {
  const auto points = sites({"save"}, "probe");
  ASSERT_EQ(points.size(), 6U);
  EXPECT_EQ(points.at(0).site.print(), "0:probe=save:1");
  EXPECT_EQ(points.at(0).object, "save");
  EXPECT_EQ(points.at(1).site.print(), "0:probe=other:1");
  EXPECT_NE(points.at(0).stack_key, 0U);
  EXPECT_EQ(points.at(0).stack_key, points.at(2).stack_key);
  EXPECT_NE(points.at(0).stack_key, points.at(1).stack_key);
  const auto lines = sites({"lines", "40"}, "line");
  ASSERT_EQ(lines.size(), 40U);
  EXPECT_EQ(lines.at(0).object, "/usr/lib/report.py:1");
  EXPECT_EQ(lines.at(20).site.print(), "0:line=report:11");
  EXPECT_EQ(lines.at(0).stack_key, lines.at(20).stack_key) << "the same line again";
  EXPECT_NE(lines.at(0).stack_key, lines.at(2).stack_key);
}

TEST_F(PointTest, a_survey_keeps_no_more_points_than_are_of_use) {
  EXPECT_EQ(sites({"lines", "400"}, "line").size(), 20U * 8U) << "of each line eight";
  EXPECT_EQ(sites({"new", "400"}, "new").size(), 8U) << "all from one place";
  TrialRequest request = rich_request();
  const Evidence evidence = passes({"new", "5000"}, request);
  EXPECT_EQ(evidence.out.head, "enough at 256\n") << "without stacks, nobody knows of places";
  request.stacks = true;
  const Evidence longer = passes({"new", "5000"}, request);
  EXPECT_EQ(longer.out.head, "enough at 4096\n");
  EXPECT_EQ(std::count(longer.skipped.begin(), longer.skipped.end(),
                       "sites: passes_points passes more allocations than are sites: 8 of one place in the code, 256 "
                       "of a thread"),
            1)
      << explain(longer);
}

}  // namespace
}  // namespace exitproof::testing
