#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "exitproof/call_class.hpp"
#include "exitproof/duration.hpp"
#include "exitproof/process_path.hpp"

namespace exitproof {

/// The N-th call of a class, counted from the birth of its thread; a restarted call counts once.
struct CallPoint {
  CallClass call_class = CallClass::open;
  /// When given, only calls whose path ends so count (`open=.tmp`), or, for `out`, `write` and
  /// `send`, whose data contain it (`out=ready`).
  std::optional<std::string> text;
  std::uint64_t nth = 1;
  bool operator==(const CallPoint&) const = default;
};

/// The N-th moment at which every task of the subject is blocked.
struct QuietPoint {
  std::uint64_t nth = 1;
  bool operator==(const QuietPoint&) const = default;
};

/// The N-th 10 ms of the process's CPU time.
struct TickPoint {
  std::uint64_t nth = 1;
  bool operator==(const TickPoint&) const = default;
};

/// The N-th time that the thread passes a named point of the probe.
struct ProbePoint {
  std::string name;
  std::uint64_t nth = 1;
  bool operator==(const ProbePoint&) const = default;
};

/// The N-th `operator new` of the thread.
struct NewPoint {
  std::uint64_t nth = 1;
  bool operator==(const NewPoint&) const = default;
};

/// The N-th line event (Python) of a module in the thread.
struct LinePoint {
  std::string module;
  std::uint64_t nth = 1;
  bool operator==(const LinePoint&) const = default;
};

/// The N-th call event (Python) of a module in the thread.
struct CallEventPoint {
  std::string module;
  std::uint64_t nth = 1;
  bool operator==(const CallEventPoint&) const = default;
};

using Point = std::variant<CallPoint, QuietPoint, TickPoint, ProbePoint, NewPoint, LinePoint, CallEventPoint>;

/// Where a fault strikes.
///
///     SITE  := [PROCESS ":"] POINT [":after"] ["+" DURATION]
///     POINT := CLASS ":" N | CLASS "=" TEXT ":" N | "quiet:" N | "tick:" N
///            | "probe=" TEXT ":" N | "new:" N | "line=" TEXT ":" N | "call=" TEXT ":" N
///
/// Only `quiet` may stand without a process. In a TEXT or a process name every byte outside
/// `A-Z a-z 0-9 . _ -` is percent-encoded (`%2F`, upper-case hex), so that a site is safe unquoted
/// in sh, zsh, make and CMake.
struct Site {
  std::optional<ProcessSelector> process;
  Point point = QuietPoint{};
  /// Strike when the call has taken effect, not before it. Only for a CallPoint.
  bool after = false;
  /// Strike this much later; zero for at once.
  Millis delay{0};

  /// Reached by order alone, and so replayed exactly; a timed site is replayed by rate.
  bool exact() const;

  /// Throws ParseError with the column. `parse(s.print()) == s` for every valid site.
  static Site parse(std::string_view text);
  std::string print() const;

  bool operator==(const Site&) const = default;
};

}  // namespace exitproof
