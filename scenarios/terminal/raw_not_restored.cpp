// raw_not_restored: turns echo and line mode of its terminal off, works for 200 ms and restores the terminal.
// Exits 0; 3 without a terminal. A signal in between leaves the terminal without echo: `terminal-restored`.
#include "scenarios/terminal/quiet_terminal.hpp"

using namespace subject;

int main() {
  if (!open_terminal()) return 3;
  make_quiet();
  sleep_ms(200);
  restore_terminal();
  return 0;
}
