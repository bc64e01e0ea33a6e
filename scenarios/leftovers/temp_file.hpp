#pragma once

#include <fcntl.h>

#include <csignal>
#include <cstdlib>
#include <initializer_list>

#include "scenarios/subject.hpp"

// A temporary file in TMPDIR or /tmp, and handlers that remove it and let the signal end the process.
namespace subject {

inline char temp_name[512];

inline void choose_temp_name(const char* base) {
  const char* folder = std::getenv("TMPDIR");
  const int length = std::snprintf(temp_name, sizeof temp_name, "%s/%s.%d", folder != nullptr ? folder : "/tmp", base,
                                   static_cast<int>(getpid()));
  must(length > 0 && static_cast<std::size_t>(length) < sizeof temp_name, "temp_name");
}

/// False, and no file, when the disk is full and the like.
inline bool make_temp() {
  const int file = open(temp_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool written = write(file, "temporary\n", 10) == 10;
  const bool closed = close(file) == 0;
  if (!written || !closed) unlink(temp_name);
  return written && closed;
}

inline void remove_and_die(int number) {
  unlink(temp_name);
  signal(number, SIG_DFL);
  raise(number);
}

inline void remove_on_signals() {
  struct sigaction action {};
  action.sa_handler = remove_and_die;
  sigfillset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
    must(sigaction(number, &action, nullptr) == 0, "sigaction");
}

}  // namespace subject
