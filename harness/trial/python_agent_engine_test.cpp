#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "harness/model/test_paths_testing.hpp"
#include "harness/trial/trial_testing.hpp"

// What stands in the evidence of a Python program's exit handlers and exceptions. How the agent tells of them, and that
// the program sees nothing of it, is tried beside it, in many Pythons.
namespace exitproof::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class PythonAgentTest : public ::testing::Test {
 protected:
  // python3 on PATH may be a shim of many processes.
  static constexpr const char* python = "/usr/bin/python3";

  void SetUp() override {
    if (!std::filesystem::exists(python)) {
      GTEST_SKIP() << "there is no " << python;
    }
  }

  static Scenario scenario(const std::string& name) {
    Scenario with_agents = scenario_of({python, subject(name + ".py")});
    with_agents.agents = true;
    return with_agents;
  }

  static Evidence told(const std::string& name, const std::string& plan = "none") {
    const Evidence evidence = try_once(scenario(name), lean_request(plan));
    EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
    return evidence;
  }

  /// Those that are not the library's.
  static std::vector<Handler> own_handlers(const Evidence& evidence) {
    std::vector<Handler> own;
    for (const Handler& handler : evidence.handlers) {
      if (!handler.of_runtime) {
        own.push_back(handler);
      }
    }
    return own;
  }

  static std::vector<std::string> runners(const Handler& handler) {
    std::vector<std::string> paths;
    for (const HandlerRun& run : handler.runs) {
      paths.push_back(run.thread.print() + (run.finished ? "" : " in vain"));
    }
    return paths;
  }

  /// How often each of these ran.
  static std::vector<std::size_t> runs_of(const Evidence& evidence, std::string_view name) {
    std::vector<std::size_t> runs;
    for (const Handler& handler : evidence.handlers) {
      if (handler.name == name) {
        runs.push_back(handler.runs.size());
      }
    }
    std::sort(runs.begin(), runs.end());
    return runs;
  }
};

TEST_F(PythonAgentTest, a_child_of_fork_runs_what_it_inherited) {
  const Evidence evidence = told("inherited_over_fork");
  const auto own = own_handlers(evidence);
  ASSERT_THAT(own, SizeIs(1)) << explain(evidence);
  EXPECT_EQ(own.at(0).kind, "python atexit");
  EXPECT_EQ(own.at(0).name, "inherited_over_fork.remove_scratch");
  EXPECT_EQ(own.at(0).file, subject("inherited_over_fork.py"));
  EXPECT_GT(own.at(0).line, 0);
  EXPECT_THAT(runners(own.at(0)), ElementsAre("0.1", "0"));
  EXPECT_TRUE(own.at(0).runs.at(0).changed_something);
}

TEST_F(PythonAgentTest, a_child_that_ends_by_os_exit_runs_none) {
  for (const std::string name : {"child_os_exit", "process_children"}) {
    const Evidence evidence = told(name);
    const auto own = own_handlers(evidence);
    ASSERT_THAT(own, SizeIs(1)) << explain(evidence);
    EXPECT_THAT(runners(own.at(0)), ElementsAre("0"));
    EXPECT_EQ(evidence.processes.at(0).way_out, "");
    EXPECT_EQ(evidence.processes.at(1).way_out, "os._exit");
  }
}

TEST_F(PythonAgentTest, workers_of_a_pool) {
  const Evidence lost = told("finalize_lost_in_pool");
  EXPECT_THAT(runs_of(lost, "posix.unlink"), ElementsAre(0U, ::testing::Le(1U))) << explain(lost);
  const Evidence kept = told("finalize_kept_in_pool");
  EXPECT_THAT(runs_of(kept, "posix.unlink"), ElementsAre(1U, 1U)) << explain(kept);
}

TEST_F(PythonAgentTest, handlers_that_are_run_by_hand) {
  EXPECT_THAT(runners(own_handlers(told("run_by_hand")).at(0)), ElementsAre("0"));
  EXPECT_THAT(runners(own_handlers(told("run_by_hand_in_child")).at(0)), ElementsAre("0.1", "0"));
}

TEST_F(PythonAgentTest, one_that_raises) {
  const Evidence evidence = told("name_error_at_exit");
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
  const auto own = own_handlers(evidence);
  ASSERT_THAT(own, SizeIs(1)) << explain(evidence);
  EXPECT_THAT(runners(own.at(0)), ElementsAre("0 in vain"));
  EXPECT_EQ(own.at(0).runs.at(0).raised, "NameError: name 'scratsh' is not defined");
}

TEST_F(PythonAgentTest, is_silent_under_a_filter) {
  const Evidence evidence = told("filters_itself");
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(evidence.out.head, "second\nfirst\n");
  EXPECT_TRUE(evidence.processes.at(0).sandboxed);
  ASSERT_THAT(own_handlers(evidence), SizeIs(1)) << explain(evidence);
  EXPECT_THAT(own_handlers(evidence).at(0).runs, IsEmpty());
  EXPECT_THAT(evidence.skipped, Not(Contains(::testing::HasSubstr("without a word"))));
}

TEST_F(PythonAgentTest, what_a_library_registers_is_not_the_programs) {
  const Evidence evidence = told("only_logging", "SIGTERM@0:quiet:1");
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_THAT(own_handlers(evidence), IsEmpty());
  EXPECT_THAT(runs_of(evidence, "logging.shutdown"), ElementsAre(0U)) << explain(evidence);
}

TEST_F(PythonAgentTest, an_exception_at_a_line) {
  for (const auto& [name, left] : std::map<std::string, bool>{{"report", true}, {"report_mended", false}}) {
    Scenario inside = scenario(name);
    inside.inside = {name};
    const TrialRequest request = lean_request("raise=KeyboardInterrupt@0:line=" + name + ":8");
    const Evidence evidence = try_once(inside, request);
    ASSERT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_EQ(evidence.faults.at(0).landing, Landing::thrown);
    EXPECT_EQ(evidence.root_end, WaitStatus::from_raw(SIGINT));
    EXPECT_THAT(evidence.err.head, ::testing::HasSubstr("KeyboardInterrupt"));
    EXPECT_EQ(evidence.err.head.find("exitproof_agent"), std::string::npos) << evidence.err.head;
    EXPECT_THAT(evidence.files, SizeIs(left ? 1 : 0)) << explain(evidence);
    const Evidence again = try_once(inside, request);
    EXPECT_EQ(evidence.err.head, again.err.head);
  }
}

TEST_F(PythonAgentTest, a_python_of_which_no_agent_tells_is_named) {
  constexpr const char* line =
      "handlers-once: python3.x ended without a word of its agent, which is made for CPython "
      "from 3.8 on";
  std::string folder = (std::filesystem::temp_directory_path() / "exitproof-python-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string other = folder + "/python3.x";
  std::filesystem::copy_file("/bin/sleep", other);
  const auto skipped = [](std::vector<std::string> argv, const char* plan) {
    Scenario with_agents = scenario_of(std::move(argv));
    with_agents.agents = true;
    return try_once(with_agents, lean_request(plan)).skipped;
  };
  EXPECT_THAT(skipped({other, "0"}, "none"), Contains(line).Times(1));
  EXPECT_THAT(skipped({other, "0"}, "kill@0:sleep:1"), Not(Contains(line))) << "it was not let come so far";
  EXPECT_THAT(skipped({other, "--version"}, "none"), Not(Contains(line))) << "there is no program to tell of";
  EXPECT_THAT(skipped({python, "-c", "pass"}, "none"), Not(Contains(::testing::HasSubstr("without a word"))));
  std::filesystem::remove_all(folder);
}

TEST_F(PythonAgentTest, its_own_calls_are_few) {
  std::map<std::string, long> more;
  for (const bool agents : {false, true}) {
    Scenario plain = scenario("report_mended");
    plain.agents = agents;
    for (const SiteRecord& site : try_once(plain, rich_request()).sites) {
      more[site.call] += agents ? 1 : -1;
    }
  }
  // It is read, and so files are closed.
  more.erase("close");
  EXPECT_THAT(more, Each(Field(&std::pair<const std::string, long>::second, 0)));
}

}  // namespace
}  // namespace exitproof::testing
