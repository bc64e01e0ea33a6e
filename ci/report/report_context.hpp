#pragma once

#include <string>
#include <vector>

#include "exitproof/fault.hpp"

namespace exitproof {

/// What a report says of the command that made it.
struct ReportContext {
  std::string tool;                           ///< "exitproof 0.1.0"
  std::string kernel;                         ///< "Linux 6.18.1"
  std::string program = "exitproof";          ///< how the user called it
  std::vector<std::string> scenario_options;  ///< as given, those that a replay needs too
  std::vector<std::string> command;           ///< of the subject, as given
  bool seeded = false;                        ///< each trial has a seeded schedule, whatever its plan says
  /// Of a test that `exitproof replay` cannot start: the command of its program for it alone, which takes a plan from
  /// the variable EXITPROOF_REPLAY; and what the plan is preceded by there, to tell the test's scenarios apart.
  std::vector<std::string> test_command = {};
  std::string plan_prefix = {};
};

/// The line that runs the plan again, ready to be pasted into a shell:
/// `exitproof replay --grace 5s kill@0:rename:1 -- ./prog 'two words'`, or of a test
/// `EXITPROOF_REPLAY=kill@0:rename:1 ./writer_test --gtest_filter=Writer.LeavesNothing`.
std::string replay_line(const ReportContext& context, const FaultPlan& plan);

}  // namespace exitproof
