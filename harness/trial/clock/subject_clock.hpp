#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace exitproof {

/// The clocks that the subject sees: those of the machine, and ahead of them by all the time that was skipped. Never
/// behind, and never still. In a trial in real time nothing is skipped.
class SubjectClock {
 public:
  using Clock = std::chrono::steady_clock;

  Clock::time_point now() const { return Clock::now() + ahead_; }
  /// When the machine's clock shows what the subject's shows at `moment`, unless time is skipped before.
  Clock::time_point on_machine(Clock::time_point moment) const { return moment - ahead_; }

  std::chrono::microseconds ahead() const { return ahead_; }
  std::uint64_t skips() const { return skips_; }

  /// How much of the time from `moment` on was skipped.
  std::chrono::microseconds skipped_since(Clock::time_point moment) const;

  /// From now on, so much further ahead.
  void skip(std::chrono::microseconds time);

  /// The next file that is made has another time than the last one. Blocks until the clock that files take theirs from
  /// has ticked, which is some milliseconds.
  static void await_tick();

  /// What the subject's clock showed when a file got this time from the machine's (CLOCK_REALTIME). One from before the
  /// first skip is as it was, and so is one that is still to come, which the subject has set itself. A time that the
  /// clock of files cannot tell from a skip counts as after it.
  std::chrono::nanoseconds shown_at(std::chrono::nanoseconds file_time) const;

 private:
  struct Skip {
    std::chrono::nanoseconds at{0};  ///< by the clock of files
    Clock::time_point from;          ///< what the subject's clock showed before it
    std::chrono::microseconds ahead{0};
  };

  std::chrono::microseconds ahead_{0};
  std::uint64_t skips_ = 0;
  std::vector<Skip> history_;
};

}  // namespace exitproof
