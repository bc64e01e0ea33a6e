// reaped_in_handler [MS]: a SIGCHLD handler reaps three children that end at once and after 50 ms; the root
// lives on for MS (600) after the last. Exits 0. `no-zombies` holds.
#include <csignal>
#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

volatile sig_atomic_t reaped = 0;

void on_child(int) {
  const int saved = errno;
  while (waitpid(-1, nullptr, WNOHANG) > 0) reaped = reaped + 1;
  errno = saved;
}

}  // namespace

int main(int argc, char** argv) {
  struct sigaction action {};
  action.sa_handler = on_child;
  action.sa_flags = SA_NOCLDSTOP;
  must(sigaction(SIGCHLD, &action, nullptr) == 0, "sigaction");
  sigset_t child, before;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  must(sigprocmask(SIG_BLOCK, &child, &before) == 0, "sigprocmask");
  for (int i = 0; i < 3; ++i) {
    make_child([i] {
      if (i == 2) sleep_ms(50);
      return 0;
    });
  }
  while (reaped < 3) sigsuspend(&before);
  must(sigprocmask(SIG_SETMASK, &before, nullptr) == 0, "sigprocmask");
  sleep_ms(argc > 1 ? std::atoi(argv[1]) : 600);
  return 0;
}
