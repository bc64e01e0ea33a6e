#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

// Programs read the clocks without a system call, by functions of the vdso(7). These are replaced in a subject by ones
// that make the call, and add to what it says how far the subject's clocks are ahead of the machine's.
namespace exitproof::sys {

/// What the replaced functions put into the sixth argument of their calls, which take less: a filter knows them by it.
inline constexpr std::uint64_t clock_cookie = 0x6578'6974'7072'6f66;

/// How the vdso of this kernel, which all 64-bit processes share, is replaced in one of them.
class VdsoClock {
 public:
  using Ahead = std::chrono::microseconds;

  /// Nothing where the vdso has not the functions that are known, or has no room for others.
  static std::optional<VdsoClock> find();

  /// Replaces the functions of a process whose vdso begins at this address (AT_SYSINFO_EHDR of getauxval(3)). Its
  /// children inherit that; an exec undoes it. At a ptrace stop only. False when it could not be done.
  bool replace(pid_t pid, std::uint64_t address, Ahead ahead) const;
  /// Sets how far the clocks are ahead, in a process whose functions have been replaced, stopped or not.
  bool set(pid_t pid, std::uint64_t address, Ahead ahead) const;

 private:
  VdsoClock() = default;
  std::uint64_t clock_gettime_ = 0;  ///< from the vdso's beginning
  std::uint64_t gettimeofday_ = 0;
  std::uint64_t time_ = 0;
};

/// Whether this clock is one of those that stand for the time outside a process: no clock of CPU time.
bool is_clock_of_time(clockid_t clock);

}  // namespace exitproof::sys
