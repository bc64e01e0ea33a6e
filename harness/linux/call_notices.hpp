#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "harness/linux/call_filter.hpp"

// Calls of a process that nobody traces, told before they are made; see seccomp_unotify(2).
namespace exitproof::sys {

/// A call that waits for an answer.
struct CallNotice {
  std::uint64_t id = 0;
  pid_t tid = 0;
  std::uint64_t number = 0;
  std::uint64_t args[6] = {};
  bool native = true;  ///< false: an i386 call
};

/// Installs a filter of build_untraced_filter() in the calling task, as install_call_filter() does, and answers the
/// descriptor at which its calls, and those of its descendants, are told; -1 with errno set on failure, EBUSY where
/// somebody listens already. Whoever makes such a call when that descriptor is closed everywhere gets ENOSYS.
int install_reporting_filter(const FilterProgram& program) noexcept;

/// Whether that can be done here: does it in the calling process, for good. Throws std::system_error.
void try_reporting_filter();

/// The next call; blocks until there is one. Nothing when its task was killed meanwhile.
std::optional<CallNotice> receive_notice(int listener);

/// Lets the call be made, or, with `result`, answers that instead: 0, or -errno. Does nothing for a task that is gone.
void answer_notice(int listener, const CallNotice& notice, std::optional<int> result);

}  // namespace exitproof::sys
