// judges_lock_by_age: keeps a lock file for two seconds at a time, five seconds apart, and takes one for stale that is
// older than three seconds: its own must never be. Then lets one get old, which must be seen. Exit status 0: all ages
// were right.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <ctime>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr const char* lock = "judges_lock_by_age.lock";

/// By stat(2) and by statx(2), rounded to seconds; -1 where they differ.
long age() {
  struct stat status {};
  struct statx extended {};
  timespec now{};
  must(stat(lock, &status) == 0, "stat");
  must(statx(AT_FDCWD, lock, 0, STATX_BASIC_STATS, &extended) == 0, "statx");
  clock_gettime(CLOCK_REALTIME, &now);
  if (extended.stx_mtime.tv_sec != status.st_mtim.tv_sec) return -1;
  const double seconds = static_cast<double>(now.tv_sec - status.st_mtim.tv_sec) +
                         static_cast<double>(now.tv_nsec - status.st_mtim.tv_nsec) / 1e9;
  return static_cast<long>(seconds + 0.5);
}

void make_lock() {
  const int fd = open(lock, O_CREAT | O_EXCL | O_WRONLY, 0600);
  must(fd >= 0, "open");
  close(fd);
}

}  // namespace

int main() {
  for (int i = 0; i < 5; ++i) {
    make_lock();
    if (age() != 0) return 1;
    sleep_ms(2000);
    if (age() != 2) return 2;
    must(unlink(lock) == 0, "unlink");
    sleep_ms(5000);
  }
  make_lock();
  sleep_ms(10'000);
  const long old = age();
  unlink(lock);
  return old == 10 ? 0 : 3;
}
