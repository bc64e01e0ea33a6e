// raw_restored_on_signals: as raw_not_restored, but handlers that were installed first restore the terminal and
// let the signal end the process. Exits 0; 3 without a terminal. `terminal-restored` holds under INT, TERM,
// HUP, QUIT and PIPE.
#include <csignal>
#include <initializer_list>

#include "scenarios/terminal/quiet_terminal.hpp"

using namespace subject;

namespace {

void restore_and_die(int number) {
  // After a hangup there is no terminal to restore any more.
  tcsetattr(terminal, TCSANOW, &saved_mode);
  signal(number, SIG_DFL);
  raise(number);
}

}  // namespace

int main() {
  if (!open_terminal()) return 3;
  struct sigaction action {};
  action.sa_handler = restore_and_die;
  sigfillset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
    must(sigaction(number, &action, nullptr) == 0, "sigaction");
  make_quiet();
  sleep_ms(200);
  restore_terminal();
  return 0;
}
