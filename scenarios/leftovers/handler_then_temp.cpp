// handler_then_temp: chooses the name of its temporary file, installs the handlers that remove it, then makes
// it in TMPDIR or /tmp, works for 200 ms and removes it. Exits 0; 1 when the file cannot be made.
// `no-leftovers` holds under INT, TERM, HUP, QUIT and PIPE at every point; only SIGKILL leaves the file.
#include "scenarios/leftovers/temp_file.hpp"

using namespace subject;

int main() {
  choose_temp_name("handler_then_temp");
  remove_on_signals();
  if (!make_temp()) return 1;
  sleep_ms(200);
  must(unlink(temp_name) == 0, "unlink");
  return 0;
}
