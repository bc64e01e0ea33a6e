#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <initializer_list>
#include <string_view>

// Small things that every careful program has: calls that are made again after a signal, a write that writes all.
namespace careful {

/// False when it could not be written to its end.
inline bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// As read(2), but no signal ends it.
inline ssize_t read_some(int file, void* room, std::size_t size) {
  ssize_t count = 0;
  do count = read(file, room, size);
  while (count < 0 && errno == EINTR);
  return count;
}

/// Blocks until the other end is closed everywhere.
inline void wait_for_end_of(int pipe_end) {
  char byte = 0;
  while (read_some(pipe_end, &byte, 1) > 0) {
  }
}

inline sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : signals) sigaddset(&set, number);
  return set;
}

inline timespec after_now(long ms) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const long nanoseconds = now.tv_nsec + ms % 1000 * 1'000'000;
  return {now.tv_sec + ms / 1000 + nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
}

/// Nothing, once the time is over.
inline timespec left_until(const timespec& end) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  timespec left{end.tv_sec - now.tv_sec, end.tv_nsec - now.tv_nsec};
  if (left.tv_nsec < 0) left = {left.tv_sec - 1, left.tv_nsec + 1'000'000'000};
  return left.tv_sec < 0 ? timespec{} : left;
}

/// The signal of the set, which must be blocked, that comes in this time; 0 when none does.
inline int await_signal(const sigset_t& set, const timespec& end) {
  while (true) {
    const timespec left = left_until(end);
    const int number = sigtimedwait(&set, nullptr, &left);
    if (number > 0) return number;
    if (errno != EINTR) return 0;
  }
}

}  // namespace careful
