#pragma once

#include <sys/user.h>

#include <cstdint>

#include "harness/linux/ptrace.hpp"
#include "harness/trial/tree/tree.hpp"

// A call that was interrupted, or rewound by us, is made again from the same place in the code and
// on the stack, and must be counted once.
namespace exitproof {

/// Whether a call's result is one of the kernel's own restart codes: it is not over, and comes again.
bool is_restart_code(std::int64_t result);

CallPlace place_of(const user_regs_struct& registers);
CallPlace place_of(const sys::CallEntry& entry);

/// A call of the task that may come again.
void remember_place(Task& task, const CallPlace& place);

/// Whether the call that the task is about to make is a remembered one, which is then forgotten, with
/// those that were interrupted after it.
bool comes_again(Task& task, const CallPlace& place);

}  // namespace exitproof
