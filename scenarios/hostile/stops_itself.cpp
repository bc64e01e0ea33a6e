// stops_itself: stops itself by SIGSTOP, and nobody continues it. Exits 0 when somebody does. A correct harness
// ends with a verdict all the same.
#include <csignal>

#include "scenarios/subject.hpp"

int main() {
  subject::must(raise(SIGSTOP) == 0, "raise");
  return 0;
}
