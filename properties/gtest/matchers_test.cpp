#include "exitproof/gtest/matchers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof::gtest {
namespace {

using exitproof::testing::Story;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

Trial trial_of(const Story& story) {
  Trial trial;
  trial.evidence = story.evidence;
  trial.plan = story.evidence.plan;
  trial.baseline = exitproof::testing::clean_baseline({"/project/report"});
  trial.judgement = judge(trial.evidence, trial.contract, trial.baseline);
  return trial;
}

std::string complaint(const TrialMatcher& matcher, const Story& story) {
  ::testing::StringMatchResultListener listener;
  const bool matches = matcher.MatchAndExplain(trial_of(story), &listener);
  EXPECT_EQ(matches, listener.str().empty());
  return listener.str();
}

TEST(Matchers, NothingIsLeftBehind) {
  EXPECT_EQ(complaint(LeavesNothingBehind(), Story()), "");
  EXPECT_THAT(complaint(LeavesNothingBehind(), Story().file("/tmp/scratch")),
              AllOf(HasSubstr("/tmp/scratch"), HasSubstr("is left"), HasSubstr("at the end\n")));
  EXPECT_THAT(complaint(LeavesNothingBehind(), Story().process("0.1", "worker").survivor("0.1")),
              HasSubstr("worker (0.1)"));
  EXPECT_THAT(complaint(LeavesNothingBehind(), Story().process("0.1", "worker").zombie_at_end("0.1", 1s)),
              HasSubstr("worker (0.1)"));
}

TEST(Matchers, AProcessIsReapedByItsParent) {
  EXPECT_EQ(complaint(Reaps("0.1"), Story().process("0.1", "worker")), "");
  const auto reaped = [](Reaping how) { return Story().process("0.1", "worker").reaping("0.1", how); };
  EXPECT_THAT(complaint(Reaps("0.1"), reaped(Reaping::unreaped)), HasSubstr("worker (0.1) is a zombie"));
  EXPECT_THAT(complaint(Reaps("0.1"), reaped(Reaping::by_init)), HasSubstr("ended before"));
  EXPECT_THAT(complaint(Reaps("0.1"), reaped(Reaping::ignored)), HasSubstr("ignores SIGCHLD"));
  EXPECT_THAT(complaint(Reaps("0.1"), Story().process("0.1", "worker").alive("0.1")), HasSubstr("still alive"));
  EXPECT_THAT(complaint(Reaps("0.2"), Story()), HasSubstr("there is no process 0.2"));
}

TEST(Matchers, AHandlerIsRunOnceToItsEndByWhoRegisteredIt) {
  const auto told = [] { return Story().process("0.1", "child").handler("0", "cleanup(int)"); };
  const TrialMatcher once = RunsHandlerOnce("cleanup");
  EXPECT_EQ(complaint(once, told().ran("0", 10)), "");
  EXPECT_THAT(complaint(once, told()), HasSubstr("was not run"));
  EXPECT_THAT(complaint(once, told().ran("0", 10).ran("0", 20)), HasSubstr("was run 2 times"));
  EXPECT_THAT(complaint(once, told().began("0", 10)), HasSubstr("not run to its end"));
  EXPECT_THAT(complaint(once, told().began("0", 10, "OSError")), HasSubstr("raised OSError"));
  EXPECT_THAT(complaint(once, told().ran("0.1", 10)), HasSubstr("was run by child (0.1)"));
  EXPECT_THAT(complaint(RunsHandlerOnce("clean"), told()), HasSubstr("no handler \"clean\" was registered, but"));
  EXPECT_THAT(complaint(once, Story()), HasSubstr("no handler was registered"));
}

TEST(Matchers, TheEndIsCountedFromTheLastFault) {
  EXPECT_EQ(complaint(EndsWithin(1s), Story()), "");
  EXPECT_THAT(complaint(EndsWithin(900ms), Story()), HasSubstr("ended after 1.00 s"));
  Story struck = Story().fault("SIGTERM@0:write:1", {"0"}, Landing::caught);
  struck.evidence.faults.front().at = 950ms;
  EXPECT_EQ(complaint(EndsWithin(60ms), struck), "");
  EXPECT_THAT(complaint(EndsWithin(1h), Story().alive("0")), HasSubstr("did not end"));
}

TEST(Matchers, TheEndIsNamed) {
  EXPECT_EQ(complaint(Ends("exit 0"), Story()), "");
  EXPECT_THAT(complaint(Ends("SIGTERM"), Story()), HasSubstr("ended by exit 0"));
  EXPECT_THROW(Ends("SIGTERN"), std::invalid_argument);
}

TEST(Matchers, AnInvariantIsKeptOnlyWhereItCouldBeJudged) {
  EXPECT_EQ(complaint(Keeps("no-hang"), Story()), "");
  EXPECT_THAT(complaint(Keeps("no-hang"), Story().alive("0").hung("the stop")), HasSubstr("app (0)"));
  EXPECT_THAT(complaint(Keeps("no-orphans"), Story().cut()), HasSubstr("could not be judged"));
  EXPECT_THAT(complaint(Keeps("no-such"), Story()), HasSubstr("there is no invariant \"no-such\""));
  Trial own = trial_of(Story());
  own.own_invariants = {"own"};
  EXPECT_THAT(own, Keeps("own"));
  own.judgement.violations.push_back(own_violation("it", "is not"));
  own.judgement.violations.back().invariant = "own";
  EXPECT_THAT(own, Not(Keeps("own")));
}

TEST(Matchers, HoldsWhatTheJudgementSays) {
  EXPECT_EQ(complaint(Holds(), Story().output("/project/report", "whole")), "");
  EXPECT_THAT(complaint(Holds(), Story().file("/tmp/scratch")), HasSubstr("is left"));
}

TEST(Matchers, AFaultThatDidNotFireIsNeitherGoodNorBad) {
  const Trial missed = trial_of(Story().unfired("kill@0:write:9", "the root ended before"));
  EXPECT_THAT(missed, Not(Fires()));
  EXPECT_THAT(complaint(Fires(), Story().unfired("kill@0:write:9", "the root ended before")),
              HasSubstr("kill@0:write:9 did not fire: the root ended before"));
  EXPECT_THROW(LeavesNothingBehind().Matches(missed), std::runtime_error);
  EXPECT_THROW(EndsWithin(1h).Matches(missed), std::runtime_error);
  EXPECT_THAT(trial_of(Story().fault("kill@0:write:1", {"0"}, Landing::death)), Fires());
}

TEST(Matchers, WhereNothingCanBeTriedAllMatch) {
  Trial none;
  none.cannot_try = "no ptrace here";
  EXPECT_THAT(none, AllOf(Fires(), Holds(), LeavesNothingBehind(), Reaps("0.1"), RunsHandlerOnce("cleanup")));
}

}  // namespace
}  // namespace exitproof::gtest
