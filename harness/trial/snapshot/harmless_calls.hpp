#pragma once

#include "harness/linux/ptrace.hpp"

namespace exitproof {

/// Whether a process may make this call and still be copied by a fork(2) that it does not notice: the call neither
/// changes anything outside the process nor gives it what a fork does not hand on, such as timers, locks, pipes,
/// sockets, writable files, shared memory, children or another session; and it does not wait. What is not known is not
/// harmless. Descriptors 0, 1 and 2 are looked at but not read or copied. `call` is at its entry.
bool is_harmless(const sys::CallEntry& call);

/// Whether the call makes a descriptor that keeps a process from being copied as long as it is open, and leaves nothing
/// when it is closed: an epoll(7) or a socket. Python makes one to see whether there are such.
bool is_harmless_once_closed(const sys::CallEntry& call);

}  // namespace exitproof
