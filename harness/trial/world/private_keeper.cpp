#include "harness/trial/world/private_keeper.hpp"

#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/signals.hpp"
#include "harness/trial/tree/descendants.hpp"
#include "harness/trial/tree/stops.hpp"

namespace exitproof {

namespace {

using Clock = std::chrono::steady_clock;
using sys::checked;

constexpr std::chrono::seconds orderly_end{3};
constexpr std::chrono::seconds any_end{10};

void become_subreaper() {
  checked(::prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl(CHILD_SUBREAPER)");
}

// A copy of another runner's socket in here would hide the end of that one's owner.
void close_all_but(int kept) {
  const auto number = static_cast<unsigned>(kept);
  if (number > 3) {
    ::close_range(3, number - 1, 0);
  }
  ::close_range(number + 1, ~0U, 0);
}

[[noreturn]] void become_tracer(pid_t keeper, const std::function<void()>& serve) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) {
    ::_exit(0);
  }
  become_subreaper();
  serve();
  ::_exit(0);
}

bool has_ended(pid_t child, int& status) {
  return ::waitpid(child, &status, WNOHANG) == child;
}

bool await_end(pid_t child, int& status, std::chrono::seconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!has_ended(child, status)) {
    if (Clock::now() >= deadline) {
      return false;
    }
    await_child(std::chrono::milliseconds(100));
  }
  return true;
}

// Until the tracer has ended or the owner is gone; true for the former.
bool watch(int socket, pid_t tracer, int& status) {
  sigset_t none;
  ::sigemptyset(&none);
  pollfd owner{socket, 0, 0};
  while (!has_ended(tracer, status)) {
    if (::ppoll(&owner, 1, nullptr, &none) > 0 && (owner.revents & (POLLHUP | POLLERR)) != 0) {
      return false;
    }
  }
  return true;
}

// The owner may be gone; who started it may still read.
void tell_of_kept(const TrialFolder& folder, const char* why) {
  const std::string text = fmt::format("exitproof: {}; what is left of them is in {}\n", why, folder.path());
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

// What still runs would write into files that were put back.
void put_files_back(const TrialFolder& folder, bool all_have_ended) {
  if (!all_have_ended) {
    tell_of_kept(folder, "a process of the trial could not be ended, so that no files were put back");
  } else if (!folder.remove()) {
    tell_of_kept(folder, "not all files could be put back");
  }
}

}  // namespace

void keep_private(int socket, const Scenario& scenario, const std::function<void(const TrialFolder*)>& serve) {
  ::setsid();
  close_all_but(socket);
  become_subreaper();
  sys::block_and_handle_sigchld();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    std::signal(signal, SIG_IGN);
  }
  std::optional<TrialFolder> folder;
  if (scenario.world != WorldKind::none) {
    folder.emplace(scenario);
  }
  const pid_t keeper = ::getpid();
  const pid_t tracer = checked(::fork(), "fork of the tracer");
  if (tracer == 0) {
    become_tracer(keeper, [&] { serve(folder ? &*folder : nullptr); });
  }
  int status = 0;
  if (!watch(socket, tracer, status)) {
    ::kill(tracer, SIGTERM);
    if (!await_end(tracer, status, orderly_end)) {
      ::kill(tracer, SIGKILL);
      await_end(tracer, status, any_end);
    }
  }
  // What the tracer has left has come to us.
  const bool all_have_ended = end_descendants(any_end);
  if (folder) {
    put_files_back(*folder, all_have_ended);
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

}  // namespace exitproof
