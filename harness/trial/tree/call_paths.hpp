#pragma once

#include <string>
#include <vector>

#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// A path as the subject sees it: absolute, where the directory it starts from can be known, and without "." and
/// doubled slashes on the way.
std::string absolute_path(const Task& task, int directory, std::string path);

/// The path of a socket that a bind(2) is about to make, as the call names it; empty when it makes no file.
std::string bound_path(const Task& task, const MetCall& call);

/// The files whose being, content or attributes the call that `task` is about to make may change, as paths of the
/// machine without symbolic links, but for a last one that the call does not follow. A file that a descriptor was
/// opened for is named by the open alone; a file that is given another name, by both. Empty for what cannot succeed, and for what makes no name (O_TMPFILE).
/// POSIX message queues are "/dev/mqueue/NAME".
std::vector<std::string> paths_changed_by(const Task& task, const MetCall& call);

/// `path` without symbolic links in its directories, and, with `follow`, at its end; what it names need not exist.
/// Empty when the directory does not exist.
std::string resolve_path(const std::string& path, bool follow);

}  // namespace exitproof
