#include "ci/cli/interrupts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "exitproof/check.hpp"

namespace exitproof::cli {
namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t signal_seen = 0;
std::array<int, 2> self_pipe{-1, -1};

void note_signal(int signal) {
  const int saved = errno;
  if (signal_seen == 0) signal_seen = signal;
  const char byte = 0;
  // A full pipe is readable all the same.
  [[maybe_unused]] const ssize_t written = ::write(self_pipe[1], &byte, 1);
  errno = saved;
}

void set_disposition(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupts::Interrupts() {
  check(self_pipe[0] < 0, "interrupts are caught once per process");
  if (::pipe2(self_pipe.data(), O_CLOEXEC | O_NONBLOCK) < 0) {
    throw std::system_error(errno, std::generic_category(), "making a pipe for signals");
  }
  signal_seen = 0;
  for (const int signal : {SIGINT, SIGHUP}) {
    if (!is_ignored(signal)) set_disposition(signal, note_signal);
  }
  set_disposition(SIGTERM, note_signal);
  set_disposition(SIGPIPE, SIG_IGN);
}

Interrupts::~Interrupts() {
  for (const int signal : {SIGINT, SIGHUP, SIGTERM}) {
    if (!is_ignored(signal)) set_disposition(signal, SIG_DFL);
  }
  for (int& fd : self_pipe) {
    ::close(fd);
    fd = -1;
  }
}

int Interrupts::fd() const {
  return self_pipe[0];
}
int Interrupts::signal() const {
  return signal_seen;
}
void Interrupts::request(int signal) {
  note_signal(signal);
}

void Interrupts::die() const {
  const int signal = signal_seen;
  set_disposition(signal, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(signal);
  ::_exit(128 + signal);
}

}  // namespace exitproof::cli
