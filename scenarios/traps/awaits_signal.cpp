// Blocks SIGTERM, waits for it with sigwait(3), and tells that it came. With "ignored" the signal is ignored too, which
// sigwait does not mind. Usage: awaits_signal [ignored]

#include <csignal>
#include <cstdio>

#include "scenarios/subject.hpp"

int main(int argc, char**) {
  if (argc > 1) {
    std::signal(SIGTERM, SIG_IGN);
  }
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGTERM);
  subject::must(sigprocmask(SIG_BLOCK, &awaited, nullptr) == 0, "sigprocmask");
  int came = 0;
  subject::must(sigwait(&awaited, &came) == 0, "sigwait");
  std::puts(came == SIGTERM ? "SIGTERM came" : "another came");
  return 0;
}
