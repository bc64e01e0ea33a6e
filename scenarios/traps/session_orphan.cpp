// session_orphan: the root leaves a child in its own process group, which sleeps for 60 s, and ends. Where the
// root is the session leader of a terminal, the kernel sends that child SIGHUP and hides the orphan; a correct
// harness reports it in the fault-free run. Exits 0 at once; the child ends by itself.
#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  make_child([] {
    sleep_ms(60'000);
    return 0;
  });
  return 0;
}
