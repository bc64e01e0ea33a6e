#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/violation.hpp"

namespace exitproof {

/// Violations with one signature, or notes with one.
struct Finding {
  std::string signature;
  Violation violation;                ///< as the plan below showed it
  FaultKind kind = FaultKind::none;   ///< `none`: fault-free runs show it
  FaultPlan plan;                     ///< the simplest and earliest that shows it
  std::optional<FaultRecord> struck;  ///< where the last fault of the plan landed
  std::string struck_process;         ///< "python3 (0.2)"; empty without a fault
  std::string struck_executable;      ///< its path
  std::uint64_t trials = 0;           ///< how many showed it
  unsigned replayed = 0;              ///< how often the plan was run again
  unsigned same = 0;                  ///< how many of these showed it again
  std::optional<bool> in_real_time;   ///< found in virtual time: whether a replay in real time showed it; else nothing

  bool flaky() const { return replayed > 0 && same < replayed; }
};

/// Something a reader should know, and in how many trials it was so.
struct CountedNote {
  Note note;
  FaultKind kind = FaultKind::none;
  FaultPlan plan;  ///< the first that showed it
  std::uint64_t trials = 0;
};

/// A plan of no fault and of no schedule but that of the survey: a fault-free run.
bool is_fault_free(const FaultPlan& plan);

/// The frame of a stack that tells a program's author most: the innermost one with a source file
/// outside the C library, else the innermost of the executable itself, else the innermost. Nothing
/// for an empty stack.
const Frame* telling_frame(const std::vector<Frame>& stack, const std::string& executable);

}  // namespace exitproof
