// orphan_kept: a child would sleep for 60 s; the root ends it by SIGTERM after 300 ms and reaps it. Exits 0.
// A root that is killed before that, or ended by any signal, leaves the child: `no-orphans`.
#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  const pid_t child = make_child([] {
    sleep_ms(60'000);
    return 0;
  });
  sleep_ms(300);
  must(kill(child, SIGTERM) == 0, "kill");
  const int status = reap(child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM ? 0 : 1;
}
