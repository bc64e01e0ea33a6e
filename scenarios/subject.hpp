#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

// What nearly every subject needs. A subject's own failure ends it with status 99, so that it is not taken
// for what the subject is there to show.
namespace subject {

inline void must(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  _exit(99);
}

/// The whole time, whatever signals are handled meanwhile.
inline void sleep_ms(long ms) {
  timespec rest{ms / 1000, ms % 1000 * 1'000'000};
  while (nanosleep(&rest, &rest) != 0) must(errno == EINTR, "nanosleep");
}

/// Runs `body` in a child process, which ends with the status that it returns.
template <typename Body>
pid_t make_child(Body body) {
  const pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0) _exit(body());
  return pid;
}

/// Waits for the end of one child; its wait status.
inline int reap(pid_t pid) {
  int status = 0;
  pid_t reaped = 0;
  do reaped = waitpid(pid, &status, 0);
  while (reaped < 0 && errno == EINTR);
  must(reaped == pid, "waitpid");
  return status;
}

/// Waits for a child; whether it exited with 0.
inline bool reap_success(pid_t pid) {
  return reap(pid) == 0;
}

}  // namespace subject
