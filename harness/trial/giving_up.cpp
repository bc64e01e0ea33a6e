#include "harness/trial/giving_up.hpp"

#include <csignal>

namespace exitproof {

namespace {

volatile std::sig_atomic_t asked = 0;

}  // namespace

void give_up_at_sigterm() {
  struct sigaction remember {};
  remember.sa_handler = [](int) { asked = 1; };
  ::sigaction(SIGTERM, &remember, nullptr);
  sigset_t term;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::sigprocmask(SIG_UNBLOCK, &term, nullptr);
}

bool given_up() noexcept {
  return asked != 0;
}

}  // namespace exitproof
