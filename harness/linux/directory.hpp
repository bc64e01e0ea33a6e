#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

/// The names in the directory that `path` leads to from `directory`, but for "." and "..", sorted.
/// Empty for a directory that another file system is mounted on: what it shows is not its own.
/// Does not follow a symbolic link at its end. Throws std::system_error.
std::set<std::string> names_in(int directory, const std::string& path);

/// The root directory of a process (/proc/PID/root), for open_below(); not open when there is no such process.
UniqueFd open_root(pid_t pid);

/// What `path` leads to below the directory `root`, as if that were "/" (openat2(2), RESOLVE_IN_ROOT), opened with O_PATH
/// and `flags`; not open when there is nothing.
UniqueFd open_below(int root, const std::string& path, std::uint64_t flags = 0);

}  // namespace exitproof::sys
