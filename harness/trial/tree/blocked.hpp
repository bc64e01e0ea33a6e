#pragma once

#include <optional>

#include "exitproof/evidence.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// The call that a task is blocked in; the one that was interrupted, where restart_syscall(2) goes on with it.
/// Nothing when the task runs, or is gone.
std::optional<sys::CallInProgress> read_wait(const Task& task);

/// A call that a task is blocked in, as a waiting: what for, and what may end it.
/// Reads proc(5) and the task's memory.
BlockedTask describe_blocked(const Task& task, const sys::CallInProgress& call);

/// Whether a timer of the call itself ends it: a timeout argument, a sleep, a timerfd.
bool waits_with_timeout(const Task& task, const sys::CallInProgress& call);

/// Whether something that is no part of the subject may end it: a terminal, a listening socket.
bool waits_for_outside(const Task& task, const sys::CallInProgress& call);

/// Whether the task is blocked in sigwait(3), sigwaitinfo(2) or sigtimedwait(2) for this signal among others. For as
/// long as it is, proc(5) shows the signal as not blocked. Reads proc(5) and the task's memory.
bool waits_for_signal(const Task& task, int signal);

}  // namespace exitproof
