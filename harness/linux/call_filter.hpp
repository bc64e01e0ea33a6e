#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <vector>

#include "exitproof/call_class.hpp"

// The seccomp filter (seccomp(2), BPF) that decides which system calls of a subject stop at the
// tracer. A call that is not named costs the subject nothing.
namespace exitproof::sys {

/// Why a call was trapped; carried by the filter's RET_TRACE. A call may be counted too.
enum class TrapReason : std::uint32_t {
  counted = 1,   ///< its class is one that the trial looks at
  birth = 2,     ///< makes a task: CLONE_UNTRACED must be taken off
  timer = 3,     ///< sets or deletes a timer that sends a signal
  machine = 4,   ///< would change the machine: it is answered EPERM
  tracing = 5,   ///< ptrace(2): it is answered EPERM, since the subject has a tracer
  ipc = 6,       ///< may make a System V IPC object
  foreign = 7,   ///< an i386 or x32 call: let through and never counted
  right = 8,     ///< takes a right that root lacks in a world
  probe = 9,     ///< prctl(2) with EXITPROOF_PROBE_MAGIC: a message of the probe
  turn = 10,     ///< a place where a seeded schedule decides who goes on: see turn_calls.hpp
  time = 11,     ///< asks for the time, or waits for a limited time
  signal = 12,   ///< sends a signal to another process, or has one sent: see signal_calls.hpp
  sandbox = 13,  ///< puts a filter upon the caller's calls, or asks for the strict mode of seccomp(2)
};

using FilterProgram = std::vector<sock_filter>;

/// What a filter is to trap beside what every trial needs.
struct FilterWish {
  CallClasses classes;
  bool turns = false;  ///< the calls of turn_calls.hpp are trapped too
  /// The calls that wait for a limited time, that set and read timers, and that read clocks or the times of files are
  /// trapped too; but for those of VdsoClock.
  bool time = false;
};

/// Builds a filter. io_uring_setup(2) answers ENOSYS: its work would pass unseen. Throws std::system_error.
FilterProgram build_call_filter(const FilterWish& wish);

/// The filter for a process that nobody traces: what would change the machine, and ptrace(2), answer EPERM, as they
/// do under a tracer. Calls of the classes `reported`, and with `kill` those that have signals sent and all of
/// another architecture, are told to a
/// listener before they are made: see call_notices.hpp. Where `kill` is not reported, a signal to process 1 does nothing:
/// 0 for root, EPERM for anybody else. Throws std::system_error.
FilterProgram build_untraced_filter(const CallClasses& reported);

/// Whether it is a system call that may make a System V IPC object (sysvipc(7)).
bool may_make_ipc_object(long call);

/// Whether it is a call that takes CAP_SYS_ADMIN, for mounts or namespaces; clone(2) is not among them.
bool takes_admin_right(long call);

/// Of a call of TrapReason::sandbox: whether a filter may come of it. The strict mode is refused (EINVAL) to a task that
/// has a filter already, as each has that is stopped there.
bool may_get_filter(std::uint64_t call, std::span<const std::uint64_t, 6> args);

/// Whether filters that stop at a tracer are allowed here: installs one in the calling process that
/// allows everything, and no_new_privs, for good. Throws std::system_error with what the kernel says.
void try_call_filter();

/// Installs a filter in the calling task; for a child after fork(): no allocation, no exception.
/// False with errno set on failure. Needs no_new_privs or CAP_SYS_ADMIN (seccomp(2)).
bool install_call_filter(const FilterProgram& program) noexcept;

class RemoteCalls;

/// Installs one in a stopped task. Throws std::system_error.
void install_call_filter(RemoteCalls& task, const FilterProgram& program);

}  // namespace exitproof::sys
