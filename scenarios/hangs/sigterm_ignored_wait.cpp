// sigterm_ignored_wait: a subject that waits: the root and its child ignore SIGTERM; the child sleeps until
// it is killed and the root waits for it. Stopped by SIGTERM it never ends: `no-hang`. SIGINT ends both at a
// keypress.
#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  must(signal(SIGTERM, SIG_IGN) != SIG_ERR, "signal");
  const pid_t child = make_child([] {
    pause();
    return 0;
  });
  return reap_success(child) ? 0 : 1;
}
