#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "harness/linux/proc_files.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// Notices the moments at which every task of the subject is blocked.
///
/// A moment counts when the same tasks have stayed in the same calls, without running in between,
/// for `dwell`: shorter pauses come and go with the machine's load, and would not replay. A task
/// that waits for a CPU is not blocked, so a busy machine makes no moments.
class QuietWatch {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds dwell{10};

  /// One task of a quiet subject.
  struct Sample {
    pid_t tid = 0;
    sys::CallInProgress call;
    bool stopped = false;  ///< by job control
    std::uint64_t timeslices = 0;
    bool same_wait(const Sample& other) const {
      return tid == other.tid && call == other.call && stopped == other.stopped;
    }
    bool operator==(const Sample&) const = default;
  };

  /// To be called whenever the tracer has heard of the subject: what was quiet no longer is.
  void disturb();

  /// Looks at every task now. True when this look completes a new quiet moment. `may_last`: false when it is known that
  /// somebody is woken before the dwell is over, whatever a busy machine makes of it.
  bool look(const Tree& tree, Clock::time_point now, bool may_last = true);

  /// How many moments there were.
  std::uint64_t moments() const { return moments_; }
  /// How often a look found every task blocked, and some of them after they had run since the one before.
  std::uint64_t wakes() const { return wakes_; }
  /// Whether the last look found every task blocked.
  bool blocked() const { return blocked_; }
  /// Whether the last look found the subject quiet for `dwell` and more.
  bool quiet() const { return counted_; }
  /// Since when it is blocked; only while blocked().
  Clock::time_point since() const { return since_; }
  const std::vector<Sample>& samples() const { return samples_; }
  /// Whether every task is still in the wait that the last look found, without having run since.
  bool is_as_seen(const Tree& tree) const;

  /// For how long every look at the subject has found the same waits, even if it ran in between: a
  /// server that only wakes to look at its clock.
  std::chrono::milliseconds same_waits_for(Clock::time_point now) const;

 private:
  static std::optional<std::vector<Sample>> sample(const Tree& tree);

  std::vector<Sample> samples_;
  std::vector<Sample> recurring_;
  Clock::time_point since_{};
  Clock::time_point recurring_since_{};
  std::uint64_t moments_ = 0;
  std::uint64_t wakes_ = 0;
  bool blocked_ = false;
  bool counted_ = false;
};

/// What an observer may conclude from a quiet subject.
struct Stillness {
  bool by_timer = false;  ///< a timer will end one of the waits that were seen
  bool timed = false;     ///< the same, or may: a task has run since then
  bool outside = false;   ///< something that is no part of the subject may end one of them
};

/// Of a subject that is quiet; reads proc(5).
Stillness judge_stillness(const Tree& tree, const QuietWatch& quiet, QuietWatch::Clock::time_point now);

}  // namespace exitproof
