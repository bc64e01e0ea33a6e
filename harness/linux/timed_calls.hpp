#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>

// The system calls that wait for a limited time, and how each of them says for how long.
namespace exitproof::sys {

/// What the argument that limits a call is.
enum class TimeoutForm : std::uint8_t {
  milliseconds,  ///< an int; negative: without a limit
  timespec,      ///< a pointer; null: without a limit
  timeval,       ///< a pointer; null: without a limit
  sleep,         ///< a pointer to a timespec, and the call waits for nothing else
};

struct TimedCall {
  std::uint32_t number;
  std::uint8_t argument;  ///< the position of the limit
  TimeoutForm form;
  int error_when_over = 0;   ///< 0: the call returns 0 when its time is over
  bool writes_rest = false;  ///< the kernel puts what is left of the time where the limit was
};

/// Those whose wait can be made one without a limit that ends when somebody interrupts it.
std::span<const TimedCall> timed_calls();
const TimedCall* find_timed_call(std::uint64_t number);

/// A wait that is about to begin.
struct TimedWait {
  const TimedCall* call = nullptr;
  std::chrono::nanoseconds length{0};  ///< from now on, by the machine's clock where it is not absolute
  bool absolute = false;               ///< the moment itself, on `clock`
  clockid_t clock = CLOCK_MONOTONIC;
  std::uint64_t rest_at = 0;  ///< where a wait that ends early tells what is left; 0: nowhere
};

/// Of a call with these arguments, the time of whose wait is limited by a clock of time. Nothing for others: without a
/// limit, with one of no time at all, limited by CPU time, or with one that the kernel will refuse. Reads the task's
/// memory.
std::optional<TimedWait> read_timed_wait(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// Of a wait with a limit that is over: writes what the kernel would have, where it was interrupted instead. select(2)
/// finds its sets empty.
void clear_results(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args);

/// Tells the task what is left of its time, where the call does so.
void write_rest(pid_t tid, const TimedWait& wait, std::chrono::nanoseconds rest);

}  // namespace exitproof::sys
