// Ignores SIGTERM, and looks every 100 ms for what never comes.
#include <csignal>

#include "scenarios/subject.hpp"

int main() {
  subject::must(signal(SIGTERM, SIG_IGN) != SIG_ERR, "signal");
  while (true) subject::sleep_ms(100);
}
