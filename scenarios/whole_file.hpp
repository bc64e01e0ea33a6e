#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string_view>

#include "scenarios/careful.hpp"

namespace subject {

using careful::write_all;

/// Gives a file without a name this one, in place of what may have it, in one step.
inline bool give_name(int file, const char* name) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  if (linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) return true;
  if (errno != EEXIST) return false;
  char beside[256];
  std::snprintf(beside, sizeof beside, "%s.new", name);
  unlink(beside);  // of one that was killed here
  if (linkat(AT_FDCWD, path, AT_FDCWD, beside, AT_SYMLINK_FOLLOW) != 0) return false;
  if (rename(beside, name) == 0) return true;
  unlink(beside);
  return false;
}

/// Makes a file in the working directory that is there whole or not at all, whatever ends its writer (open(2),
/// O_TMPFILE; the file system must know that). False with errno on failure.
inline bool write_whole(const char* name, std::string_view text) {
  const int file = open(".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const bool done = write_all(file, text) && fsync(file) == 0 && give_name(file, name);
  const int error = errno;
  close(file);
  errno = error;
  return done;
}

}  // namespace subject
