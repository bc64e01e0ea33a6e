#pragma once

#include <optional>
#include <string>

#include "exitproof/fault.hpp"

namespace exitproof::gtest {

/// Has GoogleTest tell of each test's begin and end. Called once.
void watch_tests();

/// A place among the scenarios that the running test tries.
struct TestPlace {
  std::string test;     ///< "Suite.Name"; outside a test "exitproof"
  unsigned number = 1;  ///< of its scenarios, from 1

  /// "Suite.Name", "Suite.Name#2": the same each time, and fit for a file name.
  std::string file_name() const;
  /// What tells it from others of the test in EXITPROOF_REPLAY: "" or "2:".
  std::string plan_prefix() const;
};

/// The place of the scenario that is tried next. In the thread that runs the test.
TestPlace next_place();

/// What EXITPROOF_REPLAY asks of a scenario.
struct WantedReplay {
  bool other = false;             ///< another scenario of the test is meant: this one is not tried
  std::optional<FaultPlan> plan;  ///< nothing: none is wanted
};

/// Throws ParseError, and std::invalid_argument, which that is, for a variable that is no plan. A test of which the
/// variable names no scenario at all fails at its end.
WantedReplay wanted_replay(const TestPlace& place);

/// Makes the running test a skipped one.
void skip_test(const char* file, int line, const std::string& why);

}  // namespace exitproof::gtest
