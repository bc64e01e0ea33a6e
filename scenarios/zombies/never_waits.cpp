// never_waits [MS]: three children end at once; the root lives on for MS (1000) and ends without a wait. Exits
// 0. `no-zombies` is violated three times in the fault-free run.
#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  for (int i = 0; i < 3; ++i) make_child([] { return 0; });
  sleep_ms(argc > 1 ? std::atoi(argv[1]) : 1000);
  return 0;
}
