// Waits 300 ms in epoll_wait(2) for nothing. No signal comes, so that the wait must not end by one.

#include <sys/epoll.h>

#include "scenarios/subject.hpp"

int main() {
  const int set = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  subject::must(set >= 0 && epoll_wait(set, &event, 1, 300) == 0, "epoll_wait");
  return 0;
}
