#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/linux/remote_calls.hpp"

namespace exitproof {

/// An open file of a process that is copied.
struct CopiedFile {
  int number = 0;
  int flags = 0;  ///< as /proc/PID/fdinfo has them: those of open(2), with O_CLOEXEC
  std::int64_t offset = 0;
  bool reopened = false;  ///< a copy has an open file description of its own
};

/// What keeps a process from being copied, and what a copy needs to be given anew; reads proc(5).
struct CopyableState {
  std::string why_not;  ///< in words; empty: it can be copied
  std::vector<CopiedFile> files;
};

/// Looks at a process that is at a stop and has made harmless calls only. It must be one thread without children,
/// timers or pending signals, share no writable memory, and have no files open but the three that it was given,
/// regular ones and directories of which nothing was read, both with names, and devices without a memory.
CopyableState look_at_copyable(pid_t pid);

/// Gives a copy, through calls of its own, files that share neither offsets nor flags with those of other copies. Throws
/// std::system_error.
void separate_files(sys::RemoteCalls& copy, pid_t pid, const std::vector<CopiedFile>& files);

}  // namespace exitproof
