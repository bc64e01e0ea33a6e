// ignored_signal: SIGTERM is ignored; the root waits 400 ms in epoll_wait(2). Outside, a SIGTERM in that time changes
// nothing; under a tracer its delivery stop ends the wait with EINTR, unless the tracer takes that back. Exits 0;
// 1 when the wait was interrupted.

#include <signal.h>
#include <sys/epoll.h>

#include "scenarios/subject.hpp"

int main() {
  subject::must(signal(SIGTERM, SIG_IGN) != SIG_ERR, "signal");
  const int set = epoll_create1(EPOLL_CLOEXEC);
  subject::must(set >= 0, "epoll_create1");
  epoll_event event{};
  return epoll_wait(set, &event, 1, 400) == 0 ? 0 : 1;
}
