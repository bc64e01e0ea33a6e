#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "scenarios/generated/own_files.hpp"
#include "scenarios/generated/own_state.hpp"

namespace generated::play {

inline constexpr std::array<int, 3> signals{SIGTERM, SIGINT, SIGHUP};

// A signal's handler: the reaction of this process to it.
inline void on_stop(int) {
  const int kept = errno;
  stop = 1;
  if (write(stop_pipe[1], "s", 1) < 0) {
  }
  errno = kept;
}

inline void clean_up() {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const File& file = tree.files[i];
    if (file.owner != self || !file.in_signals || !files[i].made || file.kind == FileKind::unnamed) continue;
    if (file.kind == FileKind::locked || (file.kind == FileKind::output && !is_partial(i))) continue;
    unlink(files[i].path);
  }
}

inline void on_cleanup_exit(int signal) {
  clean_up();
  _exit(128 + signal);
}

inline void on_cleanup_raise(int signal) {
  clean_up();
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  raise(signal);
  sigprocmask(SIG_UNBLOCK, &only, nullptr);
}

inline void react(int signal, Reaction reaction) {
  struct sigaction action {};
  sigfillset(&action.sa_mask);
  switch (reaction) {
    case Reaction::by_default:
      action.sa_handler = SIG_DFL;
      break;
    case Reaction::ignored:
      action.sa_handler = SIG_IGN;
      break;
    case Reaction::orderly:
      action.sa_handler = on_stop;
      break;
    case Reaction::cleanup_exit:
      action.sa_handler = on_cleanup_exit;
      break;
    case Reaction::cleanup_raise:
      action.sa_handler = on_cleanup_raise;
      break;
  }
  must(sigaction(signal, &action, nullptr) == 0, "sigaction");
}

inline void arm() {
  for (std::size_t i = 0; i < signals.size(); ++i) react(signals[i], me().reactions[i]);
  std::signal(SIGCHLD, me().ignores_children ? SIG_IGN : SIG_DFL);
  if (me().wait == Wait::signal_or_kill) prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (me().wait == Wait::signal_or_term) prctl(PR_SET_PDEATHSIG, SIGTERM);
}

inline void make_stop_pipe() {
  must(pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) == 0, "pipe2");
}

// Until the descriptor can be read, an orderly end is asked for where it counts, or the time is over.
inline void rest(int fd, int milliseconds) {
  timespec begun{};
  clock_gettime(CLOCK_MONOTONIC, &begun);
  for (;;) {
    if (stop != 0 && !in_teardown()) return;
    int left = milliseconds;
    if (milliseconds >= 0) {
      timespec now{};
      clock_gettime(CLOCK_MONOTONIC, &now);
      left -= static_cast<int>((now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1'000'000);
      if (left <= 0) return;
    }
    pollfd sources[2] = {{fd, POLLIN, 0}, {in_teardown() ? -1 : stop_pipe[0], POLLIN, 0}};
    if (poll(sources, 2, left) > 0 && sources[0].revents != 0) return;
  }
}

inline bool has_word() {
  char byte = 0;
  pollfd source{word_fd, POLLIN, 0};
  return poll(&source, 1, 0) > 0 && read(word_fd, &byte, 1) == 1;
}

inline void wait_for_end() {
  switch (me().wait) {
    case Wait::rest:
      return rest(-1, rest_ms);
    case Wait::timer:
      return rest(-1, timer_ms);
    case Wait::word:
      return rest(word_fd, -1);
    case Wait::word_only:
      rest(word_fd, -1);
      if ((stop == 0 || in_teardown()) && !has_word()) rest(-1, -1);
      return;
    case Wait::watchdog:
      while (stop == 0 && !has_word() && getppid() == parent_pid) rest(-1, watchdog_ms);
      return;
    case Wait::signal:
    case Wait::signal_or_kill:
    case Wait::signal_or_term:
      return rest(-1, -1);
  }
}

}  // namespace generated::play
