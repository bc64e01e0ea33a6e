#pragma once

#include <sys/types.h>

#include <vector>

namespace exitproof {

/// Kills and reaps every process of the caller's pid namespace but itself, which is process 1 there, and the spared
/// ones, none of which may have other children that stay. What makes processes must be traced by the caller, which so
/// keeps it from making more. Blocks until none is left; false when that cannot be had in time.
bool end_all_but(const std::vector<pid_t>& spared);

}  // namespace exitproof
