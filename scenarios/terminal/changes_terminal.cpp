// changes_terminal size|nonblock [back]: changes what its terminal is to others: the size of its window, or
// O_NONBLOCK of the open file description that is its standard input, which it shares with the shell when that is
// the terminal. With `back` it undoes that. Exits 0; 3 without a terminal. `terminal-restored` holds with `back`.
#include <fcntl.h>
#include <sys/ioctl.h>

#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void change_size(bool back) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) _exit(3);
  winsize before{};
  must(ioctl(terminal, TIOCGWINSZ, &before) == 0, "TIOCGWINSZ");
  const winsize small{5, 40, 0, 0};
  must(ioctl(terminal, TIOCSWINSZ, &small) == 0, "TIOCSWINSZ");
  if (back) must(ioctl(terminal, TIOCSWINSZ, &before) == 0, "TIOCSWINSZ");
}

void change_mode(bool back) {
  const int before = fcntl(0, F_GETFL);
  must(before >= 0 && fcntl(0, F_SETFL, before | O_NONBLOCK) == 0, "F_SETFL");
  if (back) must(fcntl(0, F_SETFL, before) == 0, "F_SETFL");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  const bool back = argc > 2;
  if (what == "size") change_size(back);
  if (what == "nonblock") change_mode(back);
  return 0;
}
