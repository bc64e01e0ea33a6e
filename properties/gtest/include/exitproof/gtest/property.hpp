#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "exitproof/gtest/scenario.hpp"
#include "exitproof/gtest/trial.hpp"

namespace exitproof::gtest {

using PropertyBody = void (*)(const Trial&);

/// See EXITPROOF_PROPERTY.
void check_property(PropertyBody body, const Scenario& scenario, const char* file = __builtin_FILE(),
                    int line = __builtin_LINE());

}  // namespace exitproof::gtest

/// A test that holds for every trial of a scenario: RapidCheck draws plans of one fault or several over the points that
/// its fault-free runs passed, of its kinds and targets, and makes one that fails simpler.
///
///     EXITPROOF_PROPERTY(Writer, EndsInTime, Scenario{.command = {"./writer"}})(const Trial& trial) {
///       RC_ASSERT(trial.evidence.root_end.has_value());
///       EXPECT_THAT(trial, EndsWithin(2s));
///     }
///
/// The body may use RapidCheck's and GoogleTest's assertions; both make the trial a failing one. Trials whose faults
/// did not fire do not reach it and are not counted: too many of them (max_discard_ratio) fail the test. RC_PARAMS has
/// its usual meaning (max_success is 100 without), and a value that cannot be read is a failure. The failure says
/// what failed, the minimal plan, how to replay it, and the timeline. EXITPROOF_REPLAY=PLAN runs the body on that plan.
#define EXITPROOF_PROPERTY(suite, name, ...)                                              \
  static void exitproof_property_##suite##_##name(const ::exitproof::gtest::Trial&);      \
  TEST(suite, name) {                                                                     \
    ::exitproof::gtest::check_property(exitproof_property_##suite##_##name, __VA_ARGS__); \
  }                                                                                       \
  static void exitproof_property_##suite##_##name
