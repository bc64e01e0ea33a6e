#include "ci/bench/peers.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "harness/trial/trial.hpp"

namespace exitproof::bench {
namespace {

/// Runs a command with the output thrown away. Blocks until it has ended.
WaitStatus spawn(const std::vector<std::string>& command, const std::string& folder) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start " + command.front());
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
  }
  return WaitStatus::from_raw(status);
}

void empty(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) std::filesystem::remove_all(entry);
}

TrialRequest request_of(const std::string& plan) {
  TrialRequest request;
  request.plan = FaultPlan::parse(plan);
  return request;
}

Evidence struck(TrialRunner& runner, const TrialRequest& request) {
  Evidence evidence = runner.run(request);
  const std::string plan = request.plan.print();
  if (evidence.harness_error) throw std::runtime_error(plan + ": " + *evidence.harness_error);
  if (!evidence.all_faults_fired()) throw std::runtime_error(plan + " did not fire");
  return evidence;
}

}  // namespace

void expect_end(const std::string& what, const WaitStatus& end, const WaitStatus& expected) {
  if (end != expected) {
    throw std::runtime_error(fmt::format("{} ended with {}, not with {}", what, end.print(), expected.print()));
  }
}

Scenario scenario_of(const Subject& subject, const std::string& folder) {
  Scenario scenario;
  scenario.command = subject.command;
  scenario.working_directory = folder;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) scenario.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  scenario.agents = false;
  scenario.contract.grace = Millis{0};
  return scenario;
}

MakeTrial bare(const Subject& subject, const std::string& folder) {
  return [subject, folder]() -> Trial {
    empty(folder);
    return [subject, folder] { expect_end(subject.name, spawn(subject.command, folder), WaitStatus::exited(0)); };
  };
}

MakeTrial strace(const Subject& subject, StraceForm form, const std::string& folder) {
  std::vector<std::string> command = {
      "strace",
      "-f",
      "-qq",
      "-o",
      "/dev/null",
      "-e",
      fmt::format("inject={}:signal=SIGKILL:when={}", subject.struck_call, subject.when)};
  if (form != StraceForm::one_call) command.emplace_back("--seccomp-bpf");
  if (form != StraceForm::filtered) command.insert(command.end(), {"-e", "trace=" + subject.struck_call});
  command.insert(command.end(), subject.command.begin(), subject.command.end());
  return [subject, form, folder, command]() -> Trial {
    empty(folder);
    return [subject, form, folder, command] {
      const WaitStatus end = spawn(command, folder);
      if (form != StraceForm::filtered_one_call || !end.success()) {
        expect_end("strace " + subject.name, end, subject.end_when_struck);
      }
      empty(folder);
    };
  };
}

MakeTrial engine(const Subject& subject, const std::string& folder) {
  return [subject, folder]() -> Trial {
    const auto runner = std::make_shared<TrialRunner>(scenario_of(subject, folder));
    const TrialRequest request = request_of(subject.plan);
    return [subject, runner, request] {
      const Evidence evidence = struck(*runner, request);
      expect_end(subject.plan, evidence.root_end.value_or(WaitStatus{}), subject.end_when_struck);
    };
  };
}

MakeTrial engine(const Subject& subject, const std::string& plan, bool next_run, const std::string& folder) {
  return [subject, plan, next_run, folder]() -> Trial {
    const auto runner = std::make_shared<TrialRunner>(scenario_of(subject, folder));
    TrialRequest request = request_of(plan);
    request.next_run = next_run ? NextRunWhen::always : NextRunWhen::never;
    return [runner, request] { struck(*runner, request); };
  };
}

}  // namespace exitproof::bench
