#pragma once

#include <sys/types.h>

#include <cstdint>

#include "harness/linux/ptrace.hpp"

namespace exitproof {

/// At PTRACE_EVENT_FORK, VFORK or CLONE: the CLONE_* flags of the call that the maker is stopped in; 0 for
/// fork(2) and vfork(2), and for a maker that is gone.
std::uint64_t birth_flags(pid_t maker);

/// At the entry of clone(2) or clone3(2): takes CLONE_UNTRACED off. An untraced child would meet the
/// filter without a tracer, and each of its trapped calls would fail.
void strip_untraced_flag(pid_t maker, const sys::CallEntry& entry);

}  // namespace exitproof
