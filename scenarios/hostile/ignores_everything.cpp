// ignores_everything: ignores every signal that can be ignored and waits for ever, with a child in a session
// of its own that does the same. Only SIGKILL ends them.
#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

[[noreturn]] void wait_for_ever() {
  for (;;) pause();
}

}  // namespace

int main() {
  for (int number = 1; number <= SIGRTMAX; ++number) signal(number, SIG_IGN);
  make_child([] {
    must(setsid() >= 0, "setsid");
    wait_for_ever();
    return 0;
  });
  wait_for_ever();
}
