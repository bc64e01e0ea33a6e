#pragma once

#include <optional>
#include <vector>

#include "harness/trial/tracer/context.hpp"

namespace exitproof {

/// Notices children that have ended and are not reaped: after the contract's time, and when their parent
/// ends. One that is handed on to another process of the subject is watched there anew. Reads /proc/PID/stat.
class ZombieWatch {
 public:
  explicit ZombieWatch(TrialContext& context) : context_(context) {}

  /// A process has ended while its parent lives, or has been handed on to it when it had ended.
  void child_ended(Process& child);
  /// A wait call of `reaper` has collected it, or its parent ignores SIGCHLD.
  void child_reaped(Process& child, Process* reaper);
  /// `parent` is about to end: what it has not reaped by now, it never will.
  void parent_ends(const Process& parent);
  /// Looks at the children whose time is over, and at known zombies.
  void look(TrialContext::Clock::time_point now);
  /// When look() has something new to find.
  std::optional<TrialContext::Clock::time_point> next_due() const;

 private:
  bool is_zombie(const Process& child) const;
  Zombie* find(const Process& child);

  struct Waiting {
    Process* child;
    TrialContext::Clock::time_point due;
    Micros since;                                 ///< it has been a child to reap of its parent of now
    TrialContext::Clock::duration queued_before;  ///< how long that parent had waited for its turns until then
    bool reported = false;
  };
  Micros unreaped_for(const Waiting& waiting, TrialContext::Clock::time_point now) const;
  void open(const Waiting& waiting, TrialContext::Clock::time_point now, bool at_parents_end);

  TrialContext& context_;
  std::vector<Waiting> waiting_;
};

}  // namespace exitproof
