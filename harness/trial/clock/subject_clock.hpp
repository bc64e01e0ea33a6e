#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace exitproof {

/// The clocks that the subject sees: those of the machine, and ahead of them by all the time that was skipped. Never
/// behind, and never still. In a trial in real time nothing is skipped.
///
/// When waits end is one thing, in which order they end another: under a seeded schedule, that must not depend on how
/// long the subject has computed between two of them. There only skipped time counts for the order.
class SubjectClock {
 public:
  using Clock = std::chrono::steady_clock;

  /// The end of a wait or of a timer.
  struct End {
    Clock::time_point at;     ///< by the subject's clock
    Clock::time_point order;  ///< before all that end later
  };

  Clock::time_point now() const { return Clock::now() + ahead_; }
  /// When the machine's clock shows what the subject's shows at `moment`, unless time is skipped before.
  Clock::time_point on_machine(Clock::time_point moment) const { return moment - ahead_; }

  std::chrono::microseconds ahead() const { return ahead_; }
  std::uint64_t skips() const { return skips_; }

  /// How much of the time from `moment` on was skipped.
  std::chrono::microseconds skipped_since(Clock::time_point moment) const;

  /// From now on, so much further ahead.
  void skip(std::chrono::microseconds time);

  /// From now on the order is that of skipped time.
  void order_by_skips() { skipped_only_ = Clock::now(); }
  /// The end of what lasts so long from now on.
  End end_after(std::chrono::nanoseconds length) const;
  /// The same of a length that the subject has computed from its clock, not before `since` (by the machine's clock).
  /// It has become shorter by then, on a busy machine by much: in the order it stands where the roundest length stands
  /// that it may have been, when it was computed no longer than longest_computed ago.
  End end_after_computed(std::chrono::nanoseconds length, Clock::time_point since) const;
  static constexpr std::chrono::milliseconds longest_computed{50};
  /// How long it is until then, by that which makes the order.
  std::chrono::nanoseconds left_until(const End& end) const;
  /// What was to end at this place of the order has ended, or is about to.
  void reach(const End& end);

  /// From now on, a file that is made has a later time than the last skip. Blocks until the clock that files take theirs
  /// from has ticked, which is some milliseconds.
  static void await_tick();

  /// What the subject's clock showed when a file got this time from the machine's (CLOCK_REALTIME); the same whenever it
  /// is asked. One from before the first skip is as it was, and so is one that is still to come, which the subject has set
  /// itself. A file that was made just after a skip, before the clock of files has ticked, counts as made before it.
  std::chrono::nanoseconds shown_at(std::chrono::nanoseconds file_time) const;

 private:
  struct Skip {
    std::chrono::nanoseconds at{0};  ///< by the machine's clock (CLOCK_REALTIME)
    Clock::time_point from;          ///< what the subject's clock showed before it
    std::chrono::microseconds ahead{0};
  };

  std::chrono::microseconds ahead_{0};
  std::uint64_t skips_ = 0;
  std::optional<Clock::time_point> skipped_only_;
  std::vector<Skip> history_;
};

}  // namespace exitproof
