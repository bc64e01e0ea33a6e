#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <optional>

#include "harness/linux/ptrace.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// One answer of waitpid(2).
struct StopReport {
  pid_t pid = 0;
  int status = 0;
};

/// Every wait for the subject and every resumption goes through here, so that the whole subject can
/// be held still while something is done to it.
class Stops {
 public:
  explicit Stops(Tree& tree) : tree_(tree) {}

  /// The next report, of those put off by freeze() first; nothing when there is none now.
  std::optional<StopReport> next();

  /// A task that is looked at call by call (Task::each_call) stops at its next call too.
  void resume(Task& task, sys::ResumeMode mode, int signal = 0);

  /// From now on a task that has not the turn is queued instead of resumed; a group stop goes on all the same.
  void take_turns() { turns_ = true; }
  /// The task that may be resumed; -1: none.
  pid_t turn() const { return turn_; }
  void give_turn(const Task& task) { turn_ = task.tid; }
  void end_turn() { turn_ = -1; }

  /// Stops every task that runs, and puts off what they report meanwhile. A task that cannot stop, since
  /// it waits for a vfork child, is left alone: it can do nothing before that child does. Blocks for
  /// 200 ms at most; false when some task still runs then.
  bool freeze();
  // There is no thaw: next() hands out what was put off, and its handling resumes each task.

  /// How often the tracer was entered.
  std::uint64_t count() const { return count_; }

 private:
  std::optional<StopReport> wait_now();
  void note_stop(const StopReport& report);
  bool anything_runs() const;

  Tree& tree_;
  std::deque<StopReport> put_off_;
  std::uint64_t count_ = 0;
  bool turns_ = false;
  pid_t turn_ = -1;
};

/// Sleeps until a child changes state or `timeout` is over. SIGCHLD must be blocked, with a handler.
void await_child(std::chrono::microseconds timeout);

}  // namespace exitproof
