#pragma once

#include <optional>
#include <string>

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

/// Whether the task is in a call whose limit was taken away from the kernel (Task::limited).
bool is_limited_by_us(const Task& task);
/// Whether the kernel will end the call by a limit that it knows, that of a timerfd aside, or by a disk's answer.
bool is_limited_by_kernel(const Task& task, const sys::CallInProgress& call);

/// Whether the call may wait for this file (a target of /proc/PID/fd), for a terminal, or for a socket. Of a call that
/// waits for a set of descriptors, each descriptor of the process may be in it.
bool waits_for_file(const Task& task, const sys::CallInProgress& call, const std::string& file);
bool waits_for_terminal(const Task& task, const sys::CallInProgress& call);
bool waits_for_socket(const Task& task, const sys::CallInProgress& call);

/// Whether something that is no part of the subject may end it: a terminal, a listening socket.
bool waits_for_outside(const Task& task, const sys::CallInProgress& call);

/// Whether the task is blocked in sigwait(3), sigwaitinfo(2) or sigtimedwait(2) for this signal among others. For as
/// long as it is, proc(5) shows the signal as not blocked. Reads proc(5) and the task's memory.
bool waits_for_signal(const Task& task, int signal);

}  // namespace exitproof
