#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace exitproof::sys {

/// Has a traced task make system calls that its program did not ask for. Belongs to its tracer, which must be its only
/// one, and the task must be the only one of its process: what is put into its memory meanwhile lies below its stack,
/// where a signal handler or another thread could find it.
///
/// The task stays at a stop between the calls, which block until the kernel has answered: only calls that return at
/// once may be made. They stop at the task's own filters, whose wishes are passed over. Every function throws
/// std::system_error with ESRCH when the task is gone, or EBUSY when something else happens to it, a signal above all:
/// it is no use any more then.
class RemoteCalls {
 public:
  /// `tid` is at a stop that is not the one before a call, in 64-bit code; `instruction` is the address of a call
  /// instruction (syscall, two bytes) that it can execute.
  RemoteCalls(pid_t tid, std::uint64_t instruction);
  RemoteCalls(const RemoteCalls&) = delete;
  RemoteCalls& operator=(const RemoteCalls&) = delete;
  ~RemoteCalls() = default;

  /// What the call returns: -errno on failure.
  std::int64_t call(long number, std::initializer_list<std::uint64_t> arguments);

  /// The process that a clone(2) has made: its first stop is over, and it is traced as the task is.
  pid_t clone(std::uint64_t flags, std::uint64_t child_tid);

  /// Puts bytes, at most largest_gift, into the task's memory until the next gift or finish(); their address.
  std::uint64_t give(const void* bytes, std::size_t size);
  std::uint64_t give(const std::string& text) { return give(text.c_str(), text.size() + 1); }
  static constexpr std::size_t largest_gift = std::size_t{16} << 10U;

  /// Puts the memory back, and gives the task these registers. It is still at its stop.
  void finish(const user_regs_struct& registers);

 private:
  void await_stop(int& status) const;

  pid_t tid_;
  std::uint64_t instruction_;
  user_regs_struct registers_{};
  std::optional<pid_t> newborn_;
  std::string former_;  ///< what lay below the stack, up to where gifts have reached
};

/// Lets a task that is at the stop before a call not make it: it stands at the stop after it then. Throws as RemoteCalls.
void leave_out_call(pid_t tid);

/// Kills a traced task that is at a stop, and waits until it has ended. Its parent may reap it.
void end_stopped_task(pid_t tid);

}  // namespace exitproof::sys
