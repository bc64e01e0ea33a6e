// raw_mode [MS]: puts its terminal in raw mode, prints "raw", waits up to MS (1000) for a key, and restores the
// terminal. Ctrl+C is the byte 3 here: a correct harness presses it, sees that it is input, and waits for no
// signal. Prints "key 3" or "no key" and exits 0; 3 without a terminal.
#include <fcntl.h>
#include <poll.h>
#include <termios.h>

#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  const int wait_ms = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return 3;
  termios before{};
  must(tcgetattr(terminal, &before) == 0, "tcgetattr");
  termios raw = before;
  cfmakeraw(&raw);
  must(tcsetattr(terminal, TCSANOW, &raw) == 0, "tcsetattr");
  std::puts("raw");
  std::fflush(stdout);

  pollfd key{terminal, POLLIN, 0};
  const int ready = poll(&key, 1, wait_ms);
  unsigned char byte = 0;
  if (ready == 1 && read(terminal, &byte, 1) == 1)
    std::printf("key %d\n", byte);
  else
    std::puts("no key");
  must(tcsetattr(terminal, TCSANOW, &before) == 0, "tcsetattr");
  return 0;
}
