// sigchld_ign [MS]: SIGCHLD is ignored, so that the kernel reaps; three children end at once and the root lives
// on for MS (1000). Exits 0. `no-zombies` holds.
#include <csignal>
#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  must(signal(SIGCHLD, SIG_IGN) != SIG_ERR, "signal");
  for (int i = 0; i < 3; ++i) make_child([] { return 0; });
  sleep_ms(argc > 1 ? std::atoi(argv[1]) : 1000);
  must(waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD, "a child is left");
  return 0;
}
