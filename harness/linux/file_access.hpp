#pragma once

#include <sys/types.h>

#include <string>

namespace exitproof::sys {

/// Whether a process sees a regular file at this absolute path and its user may read it, judged by the permission
/// bits of the file and of the directories above (path_resolution(7)). The path must go through no symbolic link.
bool may_read(pid_t pid, const std::string& path);

}  // namespace exitproof::sys
