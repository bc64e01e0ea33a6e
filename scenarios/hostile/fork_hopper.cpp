// fork_hopper [HOPS]: the root leaves a daemon in a session of its own and exits 0. The daemon ignores signals
// and hops: every millisecond a child takes its place and it ends, HOPS (20000) times. Killing it by its pid
// always comes too late.
#include <csignal>
#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  const int hops = argc > 1 ? std::atoi(argv[1]) : 20'000;
  make_child([hops] {
    must(setsid() >= 0, "setsid");
    for (int number = 1; number <= SIGRTMAX; ++number) signal(number, SIG_IGN);
    for (int i = 0; i < hops; ++i) {
      const pid_t next = fork();
      if (next > 0) _exit(0);
      sleep_ms(1);
    }
    return 0;
  });
  return 0;
}
