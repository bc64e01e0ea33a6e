#pragma once

#include <sys/types.h>

#include "harness/linux/ptrace.hpp"

namespace exitproof {

/// At PTRACE_EVENT_CLONE: whether the maker, stopped in clone(2) or clone3(2), makes a thread.
bool makes_thread(pid_t maker);

/// At the entry of clone(2) or clone3(2): takes CLONE_UNTRACED off. An untraced child would meet the
/// filter without a tracer, and each of its trapped calls would fail.
void strip_untraced_flag(pid_t maker, const sys::CallEntry& entry);

}  // namespace exitproof
