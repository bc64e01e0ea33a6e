// child_ends_on_eof: a child reads a pipe to its end; the root works for 300 ms, closes the pipe and reaps the
// child. Exits 0. After any fault `no-orphans` holds.
#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  int work[2];
  must(pipe(work) == 0, "pipe");
  const pid_t child = make_child([&work] {
    close(work[1]);
    char block[64];
    ssize_t got = 0;
    do got = read(work[0], block, sizeof block);
    while (got > 0);
    return got == 0 ? 0 : 1;
  });
  close(work[0]);
  for (int i = 0; i < 3; ++i) {
    must(write(work[1], "job\n", 4) == 4, "write");
    sleep_ms(100);
  }
  close(work[1]);
  return reap_success(child) ? 0 : 1;
}
