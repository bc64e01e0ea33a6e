#pragma once

#include "harness/linux/ptrace.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// Whether a call that `task` is about to make changes something outside its process, should it succeed: a file,
/// another process, a connection, a terminal, what another process has open too. The offset, the flags and the lock of
/// an open file, and what is to be read from it, are its process's own unless another one of the `tree` has it under
/// the same descriptor: a child has what it inherited. Opening for reading, closing, waiting and locking what is its
/// own change nothing, nor do fcntl(2) locks of a process, which no child inherits, a kill(2) that sends no signal, and
/// a write to stderr. What a process stores in memory that it shares cannot be seen. A 32-bit call changes something,
/// for all that is known. The task is stopped before the call.
bool changes_something(const Tree& tree, const Task& task, const sys::CallEntry& entry);

}  // namespace exitproof
