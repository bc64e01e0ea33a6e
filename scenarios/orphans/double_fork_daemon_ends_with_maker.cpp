// double_fork_daemon_ends_with_maker: a daemon made by two forks and setsid(2) waits on a pipe that only the
// root holds open, and so ends with the root, however that ends. The root works for 300 ms. Exits 0. After any
// fault `no-orphans` holds: the daemon is transient.
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

int wait_for_end(int pipe_end) {
  char byte = 0;
  return read(pipe_end, &byte, 1) == 0 ? 0 : 1;
}

}  // namespace

int main() {
  int life[2];
  must(pipe(life) == 0, "pipe");
  const pid_t maker = make_child([&life] {
    close(life[1]);
    must(setsid() >= 0, "setsid");
    make_child([&life] { return wait_for_end(life[0]); });
    return 0;
  });
  const bool good = reap_success(maker);
  sleep_ms(300);
  return good ? 0 : 1;
}
