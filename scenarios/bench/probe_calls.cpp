// What ci/bench measures: the probe where nobody listens, and a system call that does next to nothing.
//
//     probe_calls CPU SECONDS
//
// Runs on that processor for so long, in turns of one and the other, and prints how many nanoseconds a call took in the
// median turn: exitproof_point(), then getppid(2). Exit status: 0; 1 when that cannot be measured; 2 for wrong usage.

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "exitproof/probe.h"

namespace {

/// Few enough that most turns end before another program gets the processor.
constexpr int calls_a_turn = 1000;

using Clock = std::chrono::steady_clock;

template <class Call>
double ns_a_call(const Call& call) {
  const auto start = Clock::now();
  for (int i = 0; i < calls_a_turn; ++i) call();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls_a_turn;
}

double median(std::vector<double> turns) {
  const auto middle = turns.begin() + static_cast<std::ptrdiff_t>(turns.size() / 2);
  std::nth_element(turns.begin(), middle, turns.end());
  return *middle;
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
  std::vector<double> point, getppid;
  const auto start = Clock::now();
  do {
    point.push_back(ns_a_call([] { exitproof_point("x"); }));
    getppid.push_back(ns_a_call([] { syscall(SYS_getppid); }));
  } while (std::chrono::duration<double>(Clock::now() - start).count() < seconds);
  std::printf("%.2f %.2f\n", median(point), median(getppid));
  return 0;
}
