#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/site.hpp"

namespace exitproof {

enum class Action : std::uint8_t {
  kill,         ///< SIGKILL to the site's process
  kill_tree,    ///< SIGKILL to the whole subject at one instant
  ctrl_c,       ///< the interrupt key on the controlling terminal
  signal,       ///< a signal to the site's process
  hangup,       ///< the terminal goes away
  full,         ///< the disk is really full from here on
  fail,         ///< the call returns an errno; persistent: every such call from here on
  short_write,  ///< the call writes only so many bytes
  epipe,        ///< the reader of stdout is gone
  pause,        ///< the thread is held
  throw_,       ///< a C++ exception from a point of the probe
  bad_alloc,    ///< std::bad_alloc from operator new
  raise,        ///< a Python exception
};

inline constexpr std::size_t action_count = 13;

/// A pause without a time lasts until every other task is blocked or gone, and this long at most: beside a thread
/// that wakes again and again, that moment never comes.
inline constexpr Millis longest_open_pause{1'000};

/// One action at one site.
///
///     FAULT  := ACTION "@" SITE
///     ACTION := "kill" | "kill-tree" | "ctrl-c" | SIGNAL | "hangup" | "full" | ERRNO ["+"]
///             | "short=" N | "epipe" | "pause" ["=" DURATION] | "throw" | "bad-alloc" | "raise=" NAME
struct Fault {
  Action action = Action::kill;
  int signal = 0;               ///< for Action::signal
  int error = 0;                ///< for Action::fail
  bool persistent = false;      ///< for Action::fail
  std::uint64_t bytes = 0;      ///< for Action::short_write
  std::optional<Millis> pause;  ///< for Action::pause; nothing: see longest_open_pause
  std::string exception;        ///< for Action::raise: a Python class name, dots allowed
  Site site;

  /// Throws ParseError with the column. Checks that the action can happen at such a site: `throw`
  /// needs a probe point, `bad-alloc` a new point, `raise` a line or call event, an errno and
  /// `:after` a call, `short` a write, out or send, and none of these but `:after` itself a delay or
  /// `:after`; ctrl-c, hangup, kill-tree and full may stand at a site without a process. SIGKILL is `kill`.
  static Fault parse(std::string_view text);
  std::string print() const;

  bool operator==(const Fault&) const = default;
};

/// Faults armed from left to right, each when the one before has fired. The unit of replay.
///
///     PLAN := FAULT {"," FAULT} [",schedule=" SEED] | "none" ["," "schedule=" SEED]
struct FaultPlan {
  std::vector<Fault> faults;
  std::optional<std::uint64_t> schedule;

  /// Throws ParseError; its column counts in the whole plan.
  static FaultPlan parse(std::string_view text);
  /// "none" for a plan without faults.
  std::string print() const;

  bool operator==(const FaultPlan&) const = default;
};

/// The kinds that `--faults` names; a kind covers one action or several.
enum class FaultKind : std::uint8_t {
  none,
  kill,
  kill_tree,
  ctrl_c,
  signals,
  hangup,
  full,
  errno_,
  short_,
  epipe,
  exception,
  pause,
  enospc,
};

inline constexpr std::size_t fault_kind_count = 13;

std::string_view fault_kind_name(FaultKind kind);
std::optional<FaultKind> fault_kind_of_name(std::string_view name);
const std::array<FaultKind, fault_kind_count>& all_fault_kinds();

/// The kind a fault belongs to. ENOSPC at a site is `enospc`; any other errno is `errno_`.
FaultKind fault_kind(const Fault& fault);

}  // namespace exitproof
