#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/trial/tracer/context.hpp"

namespace exitproof {

/// The threads that pauses of the plan hold, and when each is to be let go: at its time, or, without one, when every
/// other task is blocked or gone, and after longest_open_pause at the latest. Writes down how long each was held.
/// Neither holds nor resumes a task itself.
class Holds {
 public:
  using Clock = TrialContext::Clock;

  explicit Holds(TrialContext& context) : context_(context) {}

  /// Fault `index` of the plan, a pause, is to hold this thread. Its time counts from the stop at which it begins.
  void plan(pid_t tid, std::size_t index);
  /// The thread has come to a stop: whether it is to be held there. From now on it is.
  bool begins(pid_t tid);
  /// The thread has ended.
  void thread_ended(pid_t tid);

  /// Who is to be let go, since every other task is blocked.
  std::vector<pid_t> take_at_quiet();
  /// Who is to be let go, since its time is over.
  std::vector<pid_t> take_due(Clock::time_point now);
  /// When take_due() has something to do.
  std::optional<Clock::time_point> next_due() const;
  bool any() const { return !holds_.empty(); }
  /// The trial is over.
  void finish();

 private:
  struct Planned {
    pid_t tid = -1;
    std::size_t fault = 0;
    bool open = false;  ///< without a time
    Clock::time_point ends;
    std::optional<Clock::time_point> begun = {};
  };
  Millis length_of(std::size_t fault) const;
  void write_down(const Planned& hold, bool cut_short);

  TrialContext& context_;
  std::vector<Planned> holds_;
};

}  // namespace exitproof
