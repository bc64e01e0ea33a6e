#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace exitproof {

/// Every process below the calling one: its children, theirs, and so on.
std::vector<pid_t> descendants();

/// Kills and reaps every descendant of the calling process, its tracees among them. It must be a child subreaper
/// (prctl(2)), so that none can leave its tree, and have SIGCHLD blocked and handled. Blocks until none is left, at
/// most so long; false when some are.
bool end_descendants(std::chrono::milliseconds limit);

}  // namespace exitproof
