#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

namespace exitproof {

struct MetCall;
struct Process;

/// The timers of a process that send it a signal, as its calls have left them: alarm(2), setitimer(2) and
/// timer_settime(2). Those of CPU time are left out: they stand still while every task is blocked.
struct Timers {
  using Clock = std::chrono::steady_clock;

  /// A timer that has been armed.
  struct Armed {
    std::optional<Clock::time_point> ends;  ///< nothing: it repeats, or its end is not known
    bool operator==(const Armed&) const = default;
  };

  std::optional<Armed> real;   ///< alarm(2) and ITIMER_REAL are one; it outlives an exec
  std::map<int, Armed> posix;  ///< by id; those that are gone may still be here
  bool unknown = false;        ///< calls that are not read may have set others
};

/// To be called when a call that sets or deletes a timer has returned a success, with its arguments as they were
/// at its entry; reads what they point to.
void note_timer_call(Timers& timers, pid_t tid, const MetCall& call, Timers::Clock::time_point now);

/// Whether one of its timers may still wake a process all of whose tasks are blocked: it is armed, has not
/// ended, and its signal reaches a handler, a default action, sigwait(3) or a signalfd(2). True where that is not
/// known. Reads proc(5).
bool may_be_woken_by_timer(const Process& process, Timers::Clock::time_point now);

}  // namespace exitproof
