#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "exitproof/gtest.hpp"
#include "exitproof/gtest/property.hpp"
#include "exitproof/probe.hpp"

namespace exitproof::gtest {
namespace {

using ::testing::AllOf;
using ::testing::Not;
using namespace std::chrono_literals;

EXITPROOF_SUBJECT(reaps_its_child) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  return ::waitpid(child, nullptr, 0) == child ? 3 : 1;
}

EXITPROOF_SUBJECT(forgets_its_child) {
  const pid_t child = ::fork();
  if (child == 0) {
    while (true) ::pause();
  }
  return child > 0 ? 0 : 1;
}

EXITPROOF_SUBJECT(guards) {
  const auto guard = scope_guard([] {}, "guard");
  return ::write(STDOUT_FILENO, "x", 1) == 1 ? 0 : 1;
}

EXITPROOF_SUBJECT(says_its_arguments) {
  for (const std::string& argument : arguments) std::printf("%s\n", argument.c_str());
  return 0;
}

EXITPROOF_SUBJECT(throws) {
  throw std::runtime_error("out of the subject");
}

TEST(Face, ATrialIsLookedAtFromAllSides) {
  EXPECT_THAT(trial({.subject = reaps_its_child}, "none"),
              AllOf(Fires(), Holds(), Reaps("0.1"), Ends("exit 3"), EndsWithin(20s), LeavesNothingBehind(),
                    KeepsOutputsWhole(), Keeps("no-hang")));
}

TEST(Face, AnOrphanIsLeft) {
  const Scenario scenario{.subject = forgets_its_child, .grace = 100ms};
  EXPECT_THAT(trial(scenario, "none"), AllOf(Not(LeavesNothingBehind()), Not(Reaps("0.1")), Not(Holds())));
}

TEST(Face, OneSurveyServesManyTrials) {
  Surveyed surveyed({.subject = guards});
  if (!surveyed.cannot_try().empty()) return;
  EXPECT_FALSE(surveyed.catalog().stable.empty());
  EXPECT_THAT(surveyed.trial("none"), RunsHandlerOnce("guard"));
  EXPECT_THAT(surveyed.trial("kill@0:out:1"), AllOf(Not(RunsHandlerOnce("guard")), Ends("SIGKILL")));
  EXPECT_THAT(surveyed.trial("kill@0:fork:1"), Not(Fires()));
  EXPECT_THROW(surveyed.trial("kil@0:fork:1"), std::invalid_argument);
}

TEST(Face, AFunctionHasItsArguments) {
  EXPECT_EQ(trial({.subject = says_its_arguments, .arguments = {"one", "two words"}}, "none").evidence.out.head,
            "one\ntwo words\n");
}

TEST(Face, AnExceptionEndsASubjectAsItDoesAProgram) {
  EXPECT_THAT(trial({.subject = throws}, "none"), Ends("SIGABRT"));
}

TEST(Face, WhatCannotBeStartedIsAFailure) {
  const ::testing::AssertionResult result = is_exitproof({.command = {"/no/such/program"}});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.message(), ::testing::HasSubstr("cannot execute '/no/such/program'"));
}

TEST(Face, ASubjectThatNeverEndsIsNotHalfTried) {
  const ::testing::AssertionResult result =
      is_exitproof({.command = {"/bin/sh", "-c", "while :; do :; done"}, .timeout = 300ms, .time = 1s, .trials = 2});
  EXPECT_FALSE(result);
}

TEST(Face, OurOwnSignalsAreAsTheyWere) {
  struct sigaction before {};
  ::sigaction(SIGPIPE, nullptr, &before);
  EXPECT_EXITPROOF(Scenario{.command = {"/bin/true"}, .faults = "kill", .trials = 2});
  struct sigaction after {};
  ::sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a worker is left";
}

EXITPROOF_PROPERTY(Face, AProcessThatReapsEnds, Scenario{.subject = reaps_its_child, .faults = "kill,signals"})
(const Trial& trial) {
  RC_ASSERT(trial.evidence.root_end.has_value());
}

}  // namespace
}  // namespace exitproof::gtest
