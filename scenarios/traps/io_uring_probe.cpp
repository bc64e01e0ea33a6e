// io_uring_probe: sets up an io_uring(7) as a program with a fallback does, and prints what came of it. A
// correct tracer answers ENOSYS, since calls made through the ring are never seen. Exits 0 when there is none
// (ENOSYS, EPERM) or one was made; 1 for any other answer.
#include <linux/io_uring.h>
#include <sys/syscall.h>

#include <cstring>

#include "scenarios/subject.hpp"

int main() {
  io_uring_params parameters{};
  const long ring = syscall(SYS_io_uring_setup, 8, &parameters);
  std::printf("io_uring: %s\n", ring < 0 ? std::strerror(errno) : "available");
  if (ring < 0) return errno == ENOSYS || errno == EPERM ? 0 : 1;
  return close(static_cast<int>(ring)) == 0 ? 0 : 1;
}
