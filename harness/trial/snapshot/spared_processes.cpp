#include "harness/trial/snapshot/spared_processes.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"

namespace exitproof {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds limit{5};
constexpr long pause_ns = 2'000'000;

std::vector<pid_t> others_than(const std::vector<pid_t>& spared) {
  std::vector<pid_t> others = sys::list_processes();
  std::erase_if(others, [&](pid_t pid) {
    return pid == ::getpid() || std::find(spared.begin(), spared.end(), pid) != spared.end();
  });
  return others;
}

// Stops on the way to the end included.
void hear_of_ends() {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, __WALL | WNOHANG)) > 0;) {
    if (WIFSTOPPED(status)) {
      sys::resume_task(pid, sys::ResumeMode::run, 0);
    }
  }
}

}  // namespace

bool end_all_but(const std::vector<pid_t>& spared) {
  const auto until = Clock::now() + limit;
  hear_of_ends();
  for (auto left = others_than(spared); !left.empty(); left = others_than(spared)) {
    if (Clock::now() >= until) {
      return false;
    }
    for (const pid_t pid : left) {
      ::kill(pid, SIGKILL);
    }
    hear_of_ends();
    // A spared process may have one to reap, of which we hear nothing.
    const timespec pause{0, pause_ns};
    sigset_t none;
    ::sigemptyset(&none);
    if (!others_than(spared).empty()) {
      ::ppoll(nullptr, 0, &pause, &none);
      hear_of_ends();
    }
  }
  return true;
}

}  // namespace exitproof
