// reaped_late [MS]: a child ends at once; the root reaps it MS (1000) later. Exits 0. A zombie for
// longer than the default of 300 ms that is reaped in the end.
#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  const pid_t child = make_child([] { return 0; });
  sleep_ms(argc > 1 ? std::atoi(argv[1]) : 1000);
  return reap_success(child) ? 0 : 1;
}
