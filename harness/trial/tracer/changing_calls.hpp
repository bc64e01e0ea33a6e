#pragma once

#include <sys/types.h>

#include "harness/linux/ptrace.hpp"

namespace exitproof {

/// Whether a call that is about to be made changes something outside its process, should it succeed: a file, another
/// process, a connection. Opening for reading, reading, closing, waiting and locking do not, nor does a kill(2) that
/// sends no signal. A 32-bit call does, for all that is known. The task is stopped before the call.
bool changes_something(pid_t tid, const sys::CallEntry& entry);

}  // namespace exitproof
