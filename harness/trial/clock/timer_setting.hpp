#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>

#include "harness/trial/clock/subject_clock.hpp"

namespace exitproof {

/// The unit of the fraction in the structure that sets a timer.
enum class TimerUnit : std::uint8_t {
  micro,  ///< itimerval
  nano,   ///< itimerspec
};

/// How a timer is set: when it ends first, and after how long again.
struct TimerSetting {
  std::chrono::nanoseconds interval{0};  ///< 0: only once
  std::chrono::nanoseconds value{0};     ///< 0: it is disarmed

  /// Nothing where the memory cannot be read, or the kernel would refuse what it says.
  static std::optional<TimerSetting> read(pid_t tid, std::uint64_t address, TimerUnit unit);
  /// False where the task's memory cannot be written.
  bool write(pid_t tid, std::uint64_t address, TimerUnit unit) const;
};

/// What the moment at which a timer is to end was computed from.
struct MomentOf {
  clockid_t clock = CLOCK_MONOTONIC;
  SubjectClock::Clock::time_point read_since;  ///< the subject has not read it before (by the machine's clock)
};

/// A timer of the subject that runs by the subject's clock.
struct ClockTimer {
  using Clock = SubjectClock::Clock;

  std::optional<SubjectClock::End> ends;  ///< nothing: it is disarmed
  std::chrono::nanoseconds interval{0};

  /// `setting.value` counts from now, or is a moment.
  void set(const TimerSetting& setting, const std::optional<MomentOf>& moment, const SubjectClock& clock);
  /// What is left of it.
  TimerSetting setting(const SubjectClock& clock) const;
  /// It has ended, once or several times: sets it to its next end. Returns how often; 1 when it ends only once.
  std::uint64_t pass(const SubjectClock& clock);
};

}  // namespace exitproof
