#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

// The calls by which a process sends a signal to another, or has the kernel send one.
namespace exitproof::sys {

/// Whom such a call reaches.
struct SignalTarget {
  enum class Kind : std::uint8_t {
    process,    ///< `id` is a process, or a thread of it
    group,      ///< `id` is a process group; 0: the caller's own
    everybody,  ///< whomever the caller may send a signal to
  };
  Kind kind = Kind::process;
  pid_t id = 0;             ///< in the caller's pid namespace; of a pidfd, in ours
  bool by_pidfd = false;    ///< see `id`
  bool only_asks = false;   ///< signal 0: whether it is there
  bool sets_owner = false;  ///< F_SETOWN, FIOSETOWN: of a file whose events send signals later
};

/// kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, and F_SETOWN and its kin, of x86-64, i386
/// and x32 alike. Nothing for another call, or one that the kernel will refuse. The task must be stopped in the call;
/// `pid` is its process.
std::optional<SignalTarget> signal_target(pid_t pid, pid_t tid, std::uint64_t number,
                                          std::span<const std::uint64_t, 6> args, bool native);

}  // namespace exitproof::sys
