#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <cstdint>
#include <vector>

#include "harness/linux/call_filter.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/trial/snapshot/copied_files.hpp"

namespace exitproof {

/// A process at a stop that never goes on, of which copies are made: each has the pid, the memory, the open files, the
/// parent, the session and the group number of the process that it was frozen from. It belongs to the tracer of that
/// process, in process 1 of a pid namespace of its own, and is traced and stays until it is killed.
///
/// What fork(2) does not hand on, a copy has not: see is_harmless() and look_at_copyable().
class FrozenProcess {
 public:
  /// `original` is at the stop before the call `entry`, which it has not made, and copyable with `files`. It is killed;
  /// its parent must reap it before a copy is made. The frozen process gets `pid` when that is free. Throws
  /// std::system_error; the original is of no use any more then.
  FrozenProcess(pid_t original, const sys::CallEntry& entry, std::vector<CopiedFile> files, pid_t pid,
                const sys::NextPid& next_pid);

  pid_t pid() const { return pid_; }

  /// Makes a copy, which stands just before the call again, at a stop. `filter` is installed on top of those that it
  /// has; empty: none is. Throws std::system_error; there may be a copy then, and the frozen process is of no use any
  /// more.
  pid_t copy(const sys::FilterProgram& filter, const sys::NextPid& next_pid) const;

 private:
  pid_t original_;
  pid_t pid_ = -1;
  std::uint64_t instruction_;   ///< of the call
  user_regs_struct registers_;  ///< of the original, just before the call
  std::vector<CopiedFile> files_;
  std::uint64_t tid_address_ = 0;  ///< set_tid_address(2); 0: none
  std::uint64_t robust_list_ = 0;
  std::uint64_t robust_size_ = 0;
};

}  // namespace exitproof
