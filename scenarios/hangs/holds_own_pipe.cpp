// holds_own_pipe: a child writes its result into a pipe after 200 ms; the root reads it, but holds the pipe's
// writing end open itself. Exits 0. When the child is killed before, the end of the pipe never comes, and the
// root waits for ever: `no-hang`, with the read and the pipe named.
#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  int result[2];
  must(pipe(result) == 0, "pipe");
  const pid_t child = make_child([&result] {
    sleep_ms(200);
    return write(result[1], "42", 2) == 2 ? 0 : 1;
  });
  char text[2];
  if (read(result[0], text, sizeof text) != 2) return 1;
  return reap_success(child) ? 0 : 1;
}
