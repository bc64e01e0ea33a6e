#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "harness/linux/signal_calls.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// What a signal of the subject must not reach: the processes of exitproof, whichever runs it, process 1, and the
/// leader, the parent of the subject's root. All of them are where init and a shell are outside.
class OwnProcesses {
 public:
  explicit OwnProcesses(pid_t leader) : leader_(leader) {}

  /// What the call answers instead of being made; nothing: it is let through, as is one that only asks whether somebody
  /// is there. `caller` may be any task of the subject, stopped in the call; `tree` has its processes.
  ///
  /// Outside, the signal to init would do nothing: 0 for root, -EPERM for anybody else. The leader stands for a shell of
  /// the same user: 0.
  std::optional<std::int64_t> answer(Tree& tree, const Task& caller, const sys::SignalTarget& target) const;

 private:
  bool is_own(Tree& tree, pid_t pid) const;
  bool is_own_group(pid_t group) const;

  pid_t leader_;
};

}  // namespace exitproof
