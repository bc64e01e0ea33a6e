#include "harness/linux/signals.hpp"

namespace exitproof::sys {

void block_and_handle_sigchld() {
  struct sigaction wake {};
  wake.sa_handler = [](int) {};
  ::sigaction(SIGCHLD, &wake, nullptr);
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, nullptr);
}

}  // namespace exitproof::sys
