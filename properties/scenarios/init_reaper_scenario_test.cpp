// The first process of a container passes its main child's end on, whatever that is.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "harness/model/test_paths_testing.hpp"

namespace exitproof {
namespace {

struct Ending {
  std::string option;
  int value;
  int expected;  ///< exit code of init_reaper
};

/// Those whose default action does not end a process (signal(7)).
bool ends_a_process(int signal) {
  static constexpr std::array others{SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  // Between the standard ones and SIGRTMIN lie those that the C library keeps for itself.
  const bool is_kept = signal >= 32 && signal < SIGRTMIN;
  return !is_kept && std::ranges::find(others, signal) == others.end();
}

std::vector<Ending> all_endings() {
  std::vector<Ending> endings;
  for (int code = 0; code < 256; ++code) endings.push_back({"--exit", code, code});
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    if (ends_a_process(signal)) endings.push_back({"--signal", signal, 128 + signal});
  }
  return endings;
}

pid_t start(const Ending& ending) {
  std::array<std::string, 3> words{testing::subject("init_reaper"), ending.option, std::to_string(ending.value)};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0], &quiet, nullptr, arguments.data(), ::environ);
  ::posix_spawn_file_actions_destroy(&quiet);
  if (error != 0) throw std::system_error(error, std::generic_category(), words[0]);
  return pid;
}

TEST(InitReaper, PassesOnAllExitCodesAndSignals) {
  const rlimit no_cores{0, 0};
  ASSERT_EQ(::setrlimit(RLIMIT_CORE, &no_cores), 0);
  const std::vector<Ending> endings = all_endings();
  constexpr std::size_t at_one_time = 16;
  std::map<pid_t, Ending> running;
  std::size_t next = 0;
  while (next < endings.size() || !running.empty()) {
    while (next < endings.size() && running.size() < at_one_time) {
      running.emplace(start(endings[next]), endings[next]);
      ++next;
    }
    int status = 0;
    const pid_t ended = ::wait(&status);
    const auto node = running.extract(ended);
    if (node.empty()) continue;
    const Ending& ending = node.mapped();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == ending.expected)
        << ending.option << ' ' << ending.value << ": wait status " << status;
  }
}

}  // namespace
}  // namespace exitproof
