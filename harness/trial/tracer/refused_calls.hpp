#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

namespace exitproof {

/// The calls that take a right which a world keeps from root: mounting, making and entering namespaces, making
/// device nodes. `args` are the call's; the task is stopped in it.
bool takes_lost_right(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// Whether the task would have that right outside, as far as can be seen: its effective user is root, and it has
/// not moved to a user namespace of its own, where the machine decides as it does outside.
bool would_have_right(pid_t tid);

}  // namespace exitproof
