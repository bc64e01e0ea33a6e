#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tracer/scheduler.hpp"
#include "harness/trial/tree/standing.hpp"
#include "harness/trial/tree/stops.hpp"

namespace exitproof {

/// Carries out a seeded schedule: one task of the subject runs at any time.
///
/// A task that stops at a place of choice (a call of turn_calls.hpp before it is made, a birth, an exec, its end) is
/// queued, and so is one that wakes or stops otherwise after another has been let go on. When no task runs any more,
/// each being queued, held, ended or in a wait, the Scheduler picks one of the queue: it has the turn. A wait is seen
/// in proc(5), since the kernel reports none.
///
/// Time passes only while nobody runs: a task that woke because its time was over goes on when nobody else can, and
/// several such in the order in which they woke. So it makes no difference how long the others took, as long as all
/// who sleep have a turn within `patience`. A futex that changed meanwhile has woken its waiter in time.
///
/// Where exactness ends: among tasks that run for `too_long` without a stop, and those that then run beside them; in
/// what threads do to common memory between their calls; in what timers and others outside the subject wake; in waits
/// inside calls that are not in turn_calls.hpp, whose waking goes on to the task's next stop.
class Turns {
 public:
  using Clock = TrialContext::Clock;
  /// Of CPU time. What is waited for by the others meanwhile is not lost: they use the same CPU.
  static constexpr std::chrono::milliseconds too_long{200};
  /// The same on the wall's clock, for what neither runs nor waits as far as can be seen.
  static constexpr std::chrono::milliseconds stuck{5'000};

  /// In turns that were given to others.
  static constexpr std::uint64_t patience = 1'000;

  /// While it lives, the calling thread's timers are exact (PR_SET_TIMERSLACK of prctl(2)).
  Turns(TrialContext& context, Stops& stops, std::uint64_t seed);
  ~Turns();
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// A stop was reported. True when it is to be handled when the task's turn comes; else it is to be handled now.
  bool keeps(Task& task, int status);

  /// Whether no task runs. When one does, it is waited for a little, some 300 us at most.
  bool is_still();

  /// Gives the turn to a queued task, and answers with it; the caller handles its report or lets it go on. Nothing
  /// when none is queued. Only when is_still(), and with no report left unread.
  Task* pick();

  /// Nobody waits for a turn: nothing is to be looked for.
  void rest() { look_again_.reset(); }

  /// When is_still() is to be asked again although nothing was reported.
  std::optional<Clock::time_point> look_again() const { return look_again_; }

  /// Whether a task waits for its turn.
  bool any_queued() const;

 private:
  bool anybody_runs(Clock::time_point now);
  bool anybody_wakes() const;
  bool runs(Task& task, Clock::time_point now);
  bool runs_too_long(Task& task, Clock::time_point now);
  void want_end(Task& task);
  void queue(Task& task, int status);
  bool is_late(Task& task) const;
  Task* choose(std::vector<Task*>& queue);

  TrialContext& context_;
  Stops& stops_;
  Scheduler scheduler_;
  int usual_slack_ns_;
  bool let_go_ = false;                          ///< a task, since the last look and the last report
  std::uint64_t given_ = 0;                      ///< turns
  std::uint64_t wakings_ = 0;                    ///< of tasks whose time was over
  std::optional<Clock::time_point> runs_since_;  ///< looked at again and again without a report between
  std::optional<Clock::time_point> look_again_;
};

}  // namespace exitproof
