#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

namespace exitproof {

/// The flags of a call that opens a file, as open(2) takes them, read from the memory of the stopped task `tid` where
/// they lie there (openat2(2)). 0 for a call that has none, and where they cannot be read.
std::uint64_t open_flags(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// Whether such flags open for writing, or make a file.
bool opens_for_change(std::uint64_t flags);

}  // namespace exitproof
