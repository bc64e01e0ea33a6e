#pragma once

#include <gmock/gmock.h>

#include <string>

#include "exitproof/duration.hpp"
#include "exitproof/gtest/trial.hpp"

/// What can be said of one trial, whatever the fault-free runs do:
///
///     EXPECT_THAT(trial(server, "SIGTERM@0:accept:1"), AllOf(Reaps("0.1"), EndsWithin(2s), LeavesNothingBehind()));
///
/// A trial whose fault did not fire is neither good nor bad: all but Fires() throw std::runtime_error for it, so that
/// Not() makes no pass of it. On a machine that cannot try, where the test is skipped, all of them match.
namespace exitproof::gtest {

using TrialMatcher = ::testing::Matcher<const Trial&>;

// NOLINTBEGIN(readability-identifier-naming): as GoogleTest's own matchers

/// Every fault of the plan has fired.
TrialMatcher Fires();

/// No invariant is violated beyond what the fault-free runs violate.
TrialMatcher Holds();

/// The invariant of this name, "no-hang" or one of the scenario's own, could be judged and is not violated.
TrialMatcher Keeps(const std::string& invariant);

/// no-zombies, no-orphans and no-leftovers.
TrialMatcher LeavesNothingBehind();

/// Each output is there with its content, or absent: whole-outputs.
TrialMatcher KeepsOutputsWhole();

/// The process, "0.1", has ended, and its parent has collected it. Throws ParseError.
TrialMatcher Reaps(const std::string& process);

/// The exit handler of this name (of its function, or what a scope_guard is called) was registered, and each
/// registration not taken back was run exactly once, to its end, by the process that made it.
TrialMatcher RunsHandlerOnce(const std::string& name);

/// The root ended no later than this after the last fault fired; after its start without a fault.
TrialMatcher EndsWithin(Micros limit);

/// How the root ended: "exit 3", "SIGTERM". Throws ParseError.
TrialMatcher Ends(std::string_view how);

// NOLINTEND(readability-identifier-naming)

}  // namespace exitproof::gtest
