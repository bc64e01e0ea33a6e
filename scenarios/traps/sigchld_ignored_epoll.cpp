// sigchld_ignored_epoll: a signal that is ignored, or ignored by default, must not interrupt a wait.
// Four times (SIGCHLD and SIGWINCH, each ignored and by default) a child causes the signal while its parent is
// in epoll_wait(2), and again in sigtimedwait(2). Exits 0; 1 when a wait ended with EINTR.
// A tracer that does nothing about it makes it exit 1.
#include <sys/epoll.h>

#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

bool interrupted = false;

void check(int result, const char* what, const char* when) {
  if (result < 0 && errno == EINTR) {
    std::printf("%s was interrupted: %s\n", what, when);
    interrupted = true;
  }
}

pid_t cause(bool winch) {
  return make_child([winch] {
    sleep_ms(50);
    if (winch) must(kill(getppid(), SIGWINCH) == 0, "kill");
    return 0;
  });
}

void try_waits(const char* when, bool winch, bool reaps) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  must(epoll >= 0, "epoll_create1");
  pid_t child = cause(winch);
  epoll_event event;
  check(epoll_wait(epoll, &event, 1, 200), "epoll_wait", when);
  if (reaps) reap(child);

  sigset_t usr2;
  sigemptyset(&usr2);
  sigaddset(&usr2, SIGUSR2);
  const timespec limit{0, 200'000'000};
  child = cause(winch);
  check(sigtimedwait(&usr2, nullptr, &limit), "sigtimedwait", when);
  if (reaps) reap(child);
  close(epoll);
}

}  // namespace

int main() {
  must(signal(SIGCHLD, SIG_IGN) != SIG_ERR, "signal");
  try_waits("SIGCHLD is ignored", false, false);
  must(signal(SIGCHLD, SIG_DFL) != SIG_ERR, "signal");
  try_waits("SIGCHLD has its default", false, true);
  try_waits("SIGWINCH has its default", true, true);
  must(signal(SIGWINCH, SIG_IGN) != SIG_ERR, "signal");
  try_waits("SIGWINCH is ignored", true, true);
  return interrupted ? 1 : 0;
}
