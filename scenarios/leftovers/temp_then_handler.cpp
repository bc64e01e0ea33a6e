// temp_then_handler: makes a temporary file in TMPDIR or /tmp, then installs the handlers that remove it,
// works for 200 ms and removes it. Exits 0; 1 when the file cannot be made. A signal between the open and the
// handlers leaves the file (`no-leftovers`), and so does SIGKILL; in the 200 ms all is well under INT, TERM,
// HUP, QUIT and PIPE.
#include "scenarios/leftovers/temp_file.hpp"

using namespace subject;

int main() {
  choose_temp_name("temp_then_handler");
  if (!make_temp()) return 1;
  remove_on_signals();
  sleep_ms(200);
  must(unlink(temp_name) == 0, "unlink");
  return 0;
}
