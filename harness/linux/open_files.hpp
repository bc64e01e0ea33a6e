#pragma once

#include <sys/types.h>

namespace exitproof::sys {

/// Whether a descriptor is one open file description (open(2)) in both processes, so that its offset, flags and
/// flock(2) are those of both. The caller must trace both (kcmp(2)); where the kernel does not compare, whether both
/// are the same file. False when one of them does not have it, or is gone.
bool share_open_file(pid_t one, pid_t other, int fd);

}  // namespace exitproof::sys
