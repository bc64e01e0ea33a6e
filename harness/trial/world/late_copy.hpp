#pragma once

#include <string>

namespace exitproof {

/// Makes the overlay below the directory `root` copy the file at `path` to its upper layer, as the next call that
/// changes it would: a link, and what it leads to within `root`; a directory without what is in it. Changes nothing of
/// it but its ctime. Does nothing to what is not there, cannot be changed by the caller, or is neither
/// a regular file, a directory nor a link.
void copy_up_through(int root, const std::string& path);

/// How many names the file at `path` has; 0 when it is not there.
unsigned long names_of(int root, const std::string& path);

}  // namespace exitproof
