#pragma once

#include <optional>
#include <vector>

#include "harness/trial/context.hpp"

namespace exitproof {

/// Notices children that have ended and are not reaped: after the contract's time, and when their parent
/// ends. Reads /proc/PID/stat.
class ZombieWatch {
 public:
  explicit ZombieWatch(TrialContext& context) : context_(context) {}

  /// A process has ended while its parent lives.
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
  void open(const Process& child, Micros now, bool at_parents_end);

  struct Waiting {
    Process* child;
    TrialContext::Clock::time_point due;
    bool reported = false;
  };

  TrialContext& context_;
  std::vector<Waiting> waiting_;
};

}  // namespace exitproof
