#pragma once

#include <set>
#include <string>

namespace exitproof::sys {

/// The names in the directory that `path` leads to from `directory`, but for "." and "..", sorted.
/// Empty for a directory that another file system is mounted on: what it shows is not its own.
/// Does not follow a symbolic link at its end. Throws std::system_error.
std::set<std::string> names_in(int directory, const std::string& path);

}  // namespace exitproof::sys
