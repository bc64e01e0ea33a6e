// Computes without any call, while its child makes a file and removes it, and then sends it SIGTERM.
// What waits for a task that never stops would wait for ever.
#include <fcntl.h>

#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  const pid_t parent = getpid();
  make_child([parent] {
    const int fd = open("spins_for_ever.file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    must(fd >= 0, "open");
    must(close(fd) == 0, "close");
    must(unlink("spins_for_ever.file") == 0, "unlink");
    kill(parent, SIGTERM);
    return 0;
  });
  volatile bool on = true;
  while (on) {
  }
}
