// What ci/bench measures: the probe where nobody listens, and a system call that does next to nothing.
//
//     probe_calls CPU SECONDS
//
// Runs on that processor for so long, in turns of one and the other, and prints the nanoseconds that each call took:
// exitproof_point(), then getppid(2). Exit status: 0; 1 when that cannot be measured; 2 for wrong usage.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "exitproof/probe.h"

namespace {

constexpr int calls_a_turn = 10'000;

template <class Call>
double seconds_of_turn(const Call& call) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < calls_a_turn; ++i) call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  return sched_setaffinity(0, sizeof set, &set) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const double seconds = std::atof(argv[2]);
  if (!pin_to(std::atoi(argv[1]))) {
    std::perror("sched_setaffinity");
    return 1;
  }
  if (exitproof_probe(EXITPROOF_POINT, reinterpret_cast<uintptr_t>("x"), 0, 0) != -1) {
    std::fputs("somebody listens to the probe\n", stderr);
    return 1;
  }
  double point_s = 0;
  double getppid_s = 0;
  int turns = 0;
  do {
    point_s += seconds_of_turn([] { exitproof_point("x"); });
    getppid_s += seconds_of_turn([] { syscall(SYS_getppid); });
    ++turns;
  } while (point_s + getppid_s < seconds);
  const double calls = static_cast<double>(turns) * calls_a_turn;
  std::printf("%.2f %.2f\n", point_s * 1e9 / calls, getppid_s * 1e9 / calls);
  return 0;
}
