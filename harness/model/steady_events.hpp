#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "exitproof/call_class.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// What of an event is the same in every run in which the subject does the same.
struct SteadyEvent {
  /// On one line: the kind, the call, its object, its result. Without times, pids, inode numbers, addresses,
  /// descriptors and identifiers that the kernel gives; names of files as patterns (name_pattern()).
  std::string text;
  /// It has its place in the order of its thread. When SIGCHLD is delivered, and when a fault strikes that has no
  /// thread, is a matter of the whole tree's order alone.
  bool in_thread = true;
};

/// Goes through the events of one trial in their order, and keeps of them what can be compared with another trial of
/// the same request. It leaves out what is the harness's look and not the subject's doing (phases, quiet moments, the
/// driver, notes), what no program sees (a signal without a handler, until it ends or stops the process; an orphan's
/// reaping by process 1), and a call that was interrupted and comes again.
class SteadyEvents {
 public:
  /// Nothing for an event that is left out.
  std::optional<SteadyEvent> next(const Event& event);

 private:
  bool comes_again(const Event& event);

  std::map<ProcessPath, std::array<std::uint64_t, call_class_count>> highest_;
};

}  // namespace exitproof
