#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "harness/model/test_paths_testing.hpp"
#include "harness/trial/tracer/agent_injection.hpp"
#include "harness/trial/trial_testing.hpp"

// What the preload agent tells of programs that know nothing of it, and what they see of it: nothing.
namespace exitproof::testing {
namespace {

Evidence with_agents(std::vector<std::string> command, const char* plan = "none") {
  Scenario scenario = scenario_of(std::move(command));
  scenario.agents = true;
  Evidence evidence = try_once(scenario, lean_request(plan));
  EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
  return evidence;
}

/// Without those of other programs, of which env(1) has one.
Evidence only_of_subjects(Evidence evidence) {
  std::erase_if(evidence.handlers,
                [](const Handler& handler) { return handler.file.find("/scenarios/") == std::string::npos; });
  return evidence;
}

std::vector<std::string> names_of(const Evidence& evidence) {
  std::vector<std::string> names;
  for (const Handler& handler : evidence.handlers) {
    names.push_back(handler.kind + " " + handler.name);
  }
  return names;
}

/// How often each handler came to its end, in the process that registered it.
std::vector<int> finished_runs(const Evidence& evidence) {
  std::vector<int> counts;
  for (const Handler& handler : evidence.handlers) {
    counts.push_back(static_cast<int>(std::count_if(handler.runs.begin(), handler.runs.end(), [&](const auto& run) {
      return run.finished && run.thread.process() == handler.registrar;
    })));
  }
  return counts;
}

bool says(const Evidence& evidence, std::string_view skipped) {
  return std::any_of(evidence.skipped.begin(), evidence.skipped.end(),
                     [skipped](const std::string& line) { return line.find(skipped) != std::string::npos; });
}

bool prints(const Evidence& evidence, std::string_view text) {
  return evidence.out.head.find(text) != std::string::npos;
}

std::ptrdiff_t count_execs(const Evidence& evidence) {
  return std::count_if(evidence.sites.begin(), evidence.sites.end(), [](const SiteRecord& site) {
    const auto* const call = std::get_if<CallPoint>(&site.site.point);
    return call != nullptr && call->call_class == CallClass::exec;
  });
}

const std::vector<std::string> all_handlers = {"atexit close_the_log", "atexit save_the_state", "on_exit say_status",
                                               "at_quick_exit hurry", "at_quick_exit hurry"};

TEST(AgentTest, is_found_beside_the_program) {
  EXPECT_EQ(find_agents(), std::filesystem::canonical(bin_folder() / "agents").string());
}

TEST(AgentTest, handlers_are_told_of_and_run_once) {
  const Evidence evidence = with_agents({"ends_by", "return"});
  EXPECT_EQ(names_of(evidence), all_handlers) << explain(evidence);
  EXPECT_EQ(finished_runs(evidence), (std::vector<int>{1, 1, 1, 0, 0}));
  EXPECT_EQ(evidence.out.head, "status 0\nstate\nlog\n");
  ASSERT_EQ(evidence.agents.size(), 1U);
  EXPECT_EQ(evidence.agents.at(0).name, "preload");
  const Handler& first = evidence.handlers.at(0);
  EXPECT_FALSE(first.of_runtime);
  EXPECT_TRUE(first.file.ends_with("scenarios/handlers/ends_by.c")) << first.file;
  EXPECT_GT(first.line, 0);
  EXPECT_EQ(evidence.processes.at(0).way_out, "");
  EXPECT_FALSE(says(evidence, "handlers-once") || says(evidence, "exceptions")) << explain(evidence);
}

TEST(AgentTest, nothing_is_told_without_it) {
  const Evidence evidence = try_once({"ends_by", "return"}, lean_request("none"));
  EXPECT_TRUE(evidence.handlers.empty());
  EXPECT_TRUE(evidence.agents.empty());
}

TEST(AgentTest, ways_out_that_run_no_handler) {
  for (const char* const way : {"_exit", "_Exit", "abort"}) {
    const Evidence evidence = with_agents({"ends_by", way});
    EXPECT_EQ(names_of(evidence), all_handlers);
    EXPECT_EQ(finished_runs(evidence), (std::vector<int>{0, 0, 0, 0, 0})) << way;
    EXPECT_EQ(evidence.processes.at(0).way_out, way);
  }
}

TEST(AgentTest, quick_exit_runs_its_own) {
  const Evidence evidence = with_agents({"ends_by", "quick_exit"});
  EXPECT_EQ(finished_runs(evidence), (std::vector<int>{0, 0, 0, 1, 1}));
  EXPECT_EQ(evidence.processes.at(0).way_out, "quick_exit");
  EXPECT_EQ(evidence.out.head, "hurry\nhurry\n");
}

TEST(AgentTest, exec_loses_handlers) {
  const Evidence evidence = with_agents({"ends_by", "exec"});
  EXPECT_EQ(names_of(evidence), all_handlers);
  EXPECT_TRUE(evidence.handlers.at(0).lost_by_exec);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0));
}

TEST(AgentTest, a_child_that_exits_runs_its_makers_handlers) {
  const Evidence evidence = with_agents({"ends_by", "child"});
  EXPECT_EQ(names_of(evidence), all_handlers);
  EXPECT_EQ(finished_runs(evidence), (std::vector<int>{1, 1, 1, 0, 0}));
  ASSERT_EQ(evidence.handlers.at(1).runs.size(), 2U);
  EXPECT_EQ(evidence.handlers.at(1).runs.at(0).thread, ProcessPath::parse("0.1"));
  EXPECT_TRUE(evidence.handlers.at(1).runs.at(0).finished);
  EXPECT_EQ(evidence.out.head, "status 0\nstate\nlog\nstatus 0\nstate\nlog\n");
}

TEST(AgentTest, handlers_of_a_library_run_when_it_is_closed) {
  const Evidence evidence = with_agents({"opens_and_closes", subject("registers_plugin.so")});
  EXPECT_EQ(names_of(evidence), (std::vector<std::string>{"atexit leave_the_library", "atexit leave_the_library"}));
  EXPECT_EQ(finished_runs(evidence), (std::vector<int>{1, 1}));
  EXPECT_EQ(evidence.out.head, "left\nleft\n");
}

TEST(AgentTest, what_a_handler_raises) {
  for (const auto& [way, what] : std::vector<std::pair<std::string, std::string>>{
           {"throw", "std::runtime_error"}, {"copy", "std::logic_error"}, {"thread", "the end of its thread"}}) {
    const Evidence evidence = with_agents({"raises_in_handler", way});
    ASSERT_EQ(evidence.handlers.size(), 2U) << explain(evidence);
    ASSERT_EQ(evidence.handlers.at(1).runs.size(), 1U);
    EXPECT_EQ(evidence.handlers.at(1).runs.at(0).raised, what);
    EXPECT_FALSE(evidence.handlers.at(1).runs.at(0).finished);
    EXPECT_EQ(evidence.processes.at(0).way_out, way == "thread" ? "" : "abort");
  }
  EXPECT_EQ(finished_runs(with_agents({"raises_in_handler", "caught"})), (std::vector<int>{1, 1}));
}

TEST(AgentTest, an_allocation_fails_when_it_is_to) {
  for (const auto& [plan, printed] :
       std::vector<std::pair<std::string, std::string>>{{"bad-alloc@0:new:1", "bad_alloc after 0\nall 16\n"},
                                                        {"bad-alloc@0:new:2", "bad_alloc after 1\nall 16\n"},
                                                        {"bad-alloc@0:new:3", "bad_alloc after 2\nall 16\n"},
                                                        {"bad-alloc@0:new:4", "null\nall 16\nall 16\n"},
                                                        {"bad-alloc@0:new:16", "null\nall 16\nall 16\n"},
                                                        {"bad-alloc@0.1:new:6", "all 16\nbad_alloc after 5\n"}}) {
    const Evidence evidence = with_agents({"allocates"}, plan.c_str());
    EXPECT_EQ(evidence.out.head, printed) << plan;
    EXPECT_TRUE(evidence.all_faults_fired()) << plan;
  }
  const Evidence evidence = with_agents({"allocates"});
  EXPECT_EQ(evidence.out.head, "all 16\nall 16\n");
  EXPECT_LT(evidence.stops, 20U);  // who is not counted tells once only
}

TEST(AgentTest, static_destructors_are_told_of_when_asked) {
  Scenario scenario = scenario_of({"raises_in_handler", "caught"});
  scenario.agents = true;
  scenario.environment.emplace_back("EXITPROOF_STATICS", "1");
  const Evidence evidence = try_once(scenario, lean_request("none"));
  const auto is_static = [](const Handler& each) { return each.kind == "static destructor"; };
  ASSERT_TRUE(std::any_of(evidence.handlers.begin(), evidence.handlers.end(), is_static)) << explain(evidence);
  for (const Handler& handler : evidence.handlers) {
    EXPECT_EQ(handler.of_runtime, is_static(handler)) << handler.name;
    EXPECT_EQ(handler.runs.size(), 1U) << handler.name;
  }
}

TEST(AgentTest, the_program_sees_nothing_of_it) {
  Scenario scenario = scenario_of({"shows_environment"});
  const std::string without = try_once(scenario, lean_request("none")).out.head;
  scenario.agents = true;
  const Evidence evidence = try_once(scenario, lean_request("none"));
  EXPECT_EQ(evidence.out.head, without);
  EXPECT_TRUE(prints(evidence, "\nearly 0\n"));
  EXPECT_TRUE(prints(evidence, "\nvector found\n"));
  EXPECT_TRUE(prints(evidence, "\nkernel shows it: no\n"));
  EXPECT_EQ(evidence.agents.size(), 1U) << explain(evidence);
}

TEST(AgentTest, a_list_of_the_users_own_stays) {
  Scenario scenario = scenario_of({"shows_environment"});
  scenario.environment = {{"A", "1"}, {"LD_PRELOAD", subject("registers_plugin.so")}, {"B", "2"}};
  scenario.agents = true;
  const Evidence evidence = try_once(scenario, lean_request("none"));
  EXPECT_TRUE(prints(evidence, "A=1\nLD_PRELOAD=" + subject("registers_plugin.so") + "\nB=2\n")) << explain(evidence);
  EXPECT_EQ(names_of(evidence), (std::vector<std::string>{"atexit leave_the_library"}));
}

TEST(AgentTest, a_cleared_environment_does_not_matter) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"/usr/bin/env", "-i", subject("ends_by")},
                                                  std::vector<std::string>{"becomes", "without", subject("ends_by")}}) {
    const Evidence evidence = only_of_subjects(with_agents(command));
    EXPECT_EQ(names_of(evidence), all_handlers) << explain(evidence);
    EXPECT_EQ(finished_runs(evidence), (std::vector<int>{1, 1, 1, 0, 0}));
  }
  const Evidence evidence = with_agents({"/usr/bin/env", "-i", subject("shows_environment")});
  EXPECT_EQ(evidence.out.head,
            subject("shows_environment") + "\narguments 1\nearly 0\nvector found\nkernel shows it: no\n");
}

TEST(AgentTest, many_arguments_fit) {
  std::vector<std::string> command = {"shows_environment"};
  command.insert(command.end(), 50'000, "argument");
  const Evidence evidence = with_agents(command);
  EXPECT_TRUE(prints(evidence, "\narguments 50001\n"));
  EXPECT_TRUE(prints(evidence, "\nvector found\n"));
  EXPECT_EQ(evidence.agents.size(), 1U) << ::testing::PrintToString(evidence.skipped);
}

TEST(AgentTest, children_of_a_shell_have_it) {
  const Evidence evidence =
      only_of_subjects(with_agents({"/bin/sh", "-c", subject("ends_by") + " child; env | grep -c LD_PRELOAD"}));
  EXPECT_EQ(names_of(evidence), all_handlers) << explain(evidence);
  EXPECT_TRUE(evidence.out.head.ends_with("\n0\n")) << evidence.out.head;
}

TEST(AgentTest, an_exec_that_is_counted_or_fails_is_no_other) {
  Scenario scenario = scenario_of({"ends_by", "exec"});
  scenario.agents = true;
  const Evidence failed = try_once(scenario, rich_request("EACCES+@0:exec:1"));
  EXPECT_TRUE(failed.faults.at(0).fired) << explain(failed);
  EXPECT_EQ(finished_runs(failed).at(0), 1);
  const Evidence rich = try_once(scenario, rich_request("none"));
  EXPECT_TRUE(rich.handlers.at(0).lost_by_exec);
  scenario.agents = false;
  EXPECT_GT(count_execs(rich), 0);
  EXPECT_EQ(count_execs(rich), count_execs(try_once(scenario, rich_request("none"))));
}

TEST(AgentTest, the_libraries_of_a_program_are_listed_without_it) {
  const Evidence evidence = with_agents({"/usr/bin/ldd", subject("ends_by")});
  EXPECT_TRUE(prints(evidence, "libc.so")) << explain(evidence);
  EXPECT_FALSE(prints(evidence, "exitproof-agent")) << evidence.out.head;
}

TEST(AgentTest, what_nothing_can_be_put_into_is_said) {
  const Evidence is_static = with_agents({"ends_static"});
  EXPECT_EQ(is_static.out.head, "handled\n");
  EXPECT_TRUE(says(is_static, "handlers-once: ends_static is static")) << explain(is_static);

  const Evidence sanitized = with_agents({"ends_asan"});
  EXPECT_EQ(sanitized.out.head, "handled\n") << explain(sanitized);
  EXPECT_TRUE(says(sanitized, "handlers-once: ends_asan is built with a sanitizer")) << explain(sanitized);

  const Evidence own_new = with_agents({"allocates_itself"});
  EXPECT_TRUE(says(own_new, "exceptions: allocates_itself brings its own operator new")) << explain(own_new);
  EXPECT_EQ(own_new.agents.size(), 1U);
  const Evidence linked_new = with_agents({"allocates_cxxstatic"});
  EXPECT_TRUE(says(linked_new, "exceptions: allocates_cxxstatic has operator new linked into it"))
      << explain(linked_new);
}

std::vector<std::string> sandboxed(const Evidence& evidence) {
  std::vector<std::string> paths;
  for (const ProcessRecord& process : evidence.processes) {
    if (process.sandboxed) {
      paths.push_back(process.path.print());
    }
  }
  return paths;
}

TEST(AgentTest, is_silent_before_a_filter_can_end_the_program_for_it) {
  for (const std::string how : {"errno", "kill", "trap"}) {
    const Evidence evidence = with_agents({"filters_itself", how, "here"});
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    EXPECT_EQ(evidence.out.head, "second\nfirst\n");
    EXPECT_EQ(names_of(evidence), (std::vector<std::string>{"atexit (anonymous namespace)::first()"}));
    EXPECT_EQ(finished_runs(evidence), (std::vector<int>{0}));
    EXPECT_EQ(sandboxed(evidence), (std::vector<std::string>{"0"}));
    EXPECT_TRUE(says(evidence, "exceptions: filters_itself put a filter on its own calls")) << explain(evidence);
  }
}

TEST(AgentTest, is_silent_in_a_child_with_a_filter_and_nowhere_else) {
  const Evidence child = with_agents({"filters_itself", "kill", "child"});
  EXPECT_EQ(child.out.head, "second\nfirst\nfirst\n") << explain(child);
  EXPECT_EQ(finished_runs(child), (std::vector<int>{1}));
  EXPECT_EQ(sandboxed(child), (std::vector<std::string>{"0.1"}));
  // It wrote into its maker's memory that nothing is to be said any more.
  const Evidence vforked = only_of_subjects(with_agents({"filters_itself", "kill", "vfork"}));
  EXPECT_TRUE(prints(vforked, "state\nlog\nsecond\nfirst\n")) << explain(vforked);
  EXPECT_EQ(names_of(vforked), (std::vector<std::string>{"atexit (anonymous namespace)::first()",
                                                         "atexit (anonymous namespace)::second()"}));
  EXPECT_EQ(finished_runs(vforked), (std::vector<int>{1, 1}));
  EXPECT_EQ(sandboxed(vforked), (std::vector<std::string>{"0.1"}));
}

TEST(AgentTest, is_put_into_nothing_that_is_executed_under_a_filter) {
  const Evidence evidence = with_agents({"filters_itself", "kill", "exec"});
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(evidence.out.head, "status 0\nstate\nlog\n");
  EXPECT_EQ(names_of(evidence), (std::vector<std::string>{"atexit (anonymous namespace)::first()"}));
}

TEST(AgentTest, the_strict_mode_is_refused_and_that_is_said) {
  const Evidence evidence = with_agents({"filters_itself", "strict", "here"});
  EXPECT_EQ(finished_runs(evidence), (std::vector<int>{1, 1})) << explain(evidence);
  EXPECT_TRUE(sandboxed(evidence).empty());
  EXPECT_TRUE(says(evidence, "sandbox: filters_itself asked for the strict mode of seccomp")) << explain(evidence);
}

TEST(AgentTest, an_interpreter_of_python_has_its_own_too) {
  const std::string python = "/usr/bin/python3";
  if (!std::filesystem::exists(python)) {
    GTEST_SKIP() << "needs " << python;
  }
  const std::string script =
      "import atexit, os\n"
      "atexit.register(print, 'handled')\n"
      "print(sorted(name for name in os.environ if name.startswith(('PYTHONPATH', 'EXITPROOF_', 'LD_'))))\n";
  const Evidence evidence = with_agents({"/usr/bin/env", "-i", python, "-c", script});
  EXPECT_EQ(evidence.out.head, "[]\nhandled\n") << explain(evidence);
  const AgentRecord expected{ProcessPath::root(), "python"};
  EXPECT_EQ(std::count(evidence.agents.begin(), evidence.agents.end(), expected), 1) << explain(evidence);
  EXPECT_TRUE(std::any_of(evidence.handlers.begin(), evidence.handlers.end(), [](const Handler& handler) {
    return handler.kind == "python atexit" && handler.runs.size() == 1;
  })) << explain(evidence);

  const Evidence usual = with_agents({python, "-Bc", "print()"});
  EXPECT_FALSE(says(usual, "without its agent")) << explain(usual);
  const Evidence without = with_agents({python, "-BIc", "print()"});
  EXPECT_TRUE(says(without, "handlers-once: python3 is started with -I")) << explain(without);
}

TEST(AgentTest, a_file_that_gives_rights_gives_none_here) {
  const std::string copy = "copy=$(mktemp); cp " + subject("ends_by") + " $copy; chmod u+xs $copy; $copy; rm $copy";
  const Evidence evidence = only_of_subjects(with_agents({"/bin/sh", "-c", copy}));
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(finished_runs(evidence), (std::vector<int>{1, 1, 1, 0, 0}));
}

TEST(AgentTest, where_only_trusted_libraries_are_loaded_it_is_said) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs two users";
  }
  const Evidence evidence = with_agents({"becomes", "secure", subject("ends_by")});
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_TRUE(says(evidence, "handlers-once: ends_by runs with the rights of its file")) << explain(evidence);
  EXPECT_TRUE(evidence.handlers.empty());
}

TEST(AgentTest, another_user_has_it_or_it_is_said) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs two users";
  }
  const Evidence evidence = with_agents({"becomes", "nobody", "/usr/bin/env"});
  EXPECT_EQ(evidence.err.head, "");
  EXPECT_EQ(evidence.handlers.empty(), says(evidence, "handlers-once: env cannot read the agent")) << explain(evidence);
}

}  // namespace
}  // namespace exitproof::testing
