#pragma once

#include <gtest/gtest.h>

#include "exitproof/gtest/scenario.hpp"

namespace exitproof::gtest {

/// Tries the scenario at every point of its run, within its budget (see run_campaign()). Fails with every finding, its
/// minimal plan and the line that replays it, and the timeline of the first; also when nothing could be tried, and when
/// no fault-free run came to its end. A machine that cannot try it makes the running test a skipped one, with the
/// reason, and the result a success. Blocks for the time of the survey and of the scenario; starts worker processes,
/// which are gone when it returns. In the thread that runs the test.
::testing::AssertionResult is_exitproof(const Scenario& scenario, const char* file = __builtin_FILE(),
                                        int line = __builtin_LINE());

/// The same of a function that needs no more to be said of it.
::testing::AssertionResult is_exitproof(const Subject& subject, const char* file = __builtin_FILE(),
                                        int line = __builtin_LINE());

}  // namespace exitproof::gtest

/// `EXPECT_EXITPROOF(Scenario{...});`, `EXPECT_EXITPROOF(save_report);`. More can be said by `<<`.
#define EXPECT_EXITPROOF(...) GTEST_ASSERT_(::exitproof::gtest::is_exitproof(__VA_ARGS__), GTEST_NONFATAL_FAILURE_)

/// The same, and the test function returns when it fails.
#define ASSERT_EXITPROOF(...) GTEST_ASSERT_(::exitproof::gtest::is_exitproof(__VA_ARGS__), GTEST_FATAL_FAILURE_)
