#pragma once

#include <string>

#include "ci/report/console.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

struct TimelineOptions {
  /// How many calls are shown before and after each fault; births, ends, signals, phases and the
  /// fault itself are always shown.
  std::size_t calls_around_fault = 12;
  Paint paint;
};

/// The story of one trial for people: its processes, what happened in order, the stack of the
/// struck call, and what was left at the end. Whole lines.
std::string describe_timeline(const Evidence& evidence, const TimelineOptions& options);

/// The processes of the subject as a tree, one a line, with their commands and ends.
std::string describe_processes(const Evidence& evidence);

/// The faults of the plan: what they struck, and the stack of the struck call.
std::string describe_faults(const Evidence& evidence);

/// How it ended and what was left: survivors with what they hold and wait for, zombies, files,
/// the hang, the terminal. Empty sections are left out.
std::string describe_aftermath(const Evidence& evidence);

}  // namespace exitproof
