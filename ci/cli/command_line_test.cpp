#include "ci/cli/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/cli/scenario_options.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/report/report_context.hpp"

namespace exitproof::cli {
namespace {

using ::testing::ElementsAre;
using Words = std::vector<std::string>;

class SplitLineTest : public ::testing::Test {
 protected:
  SplitLineTest() {
    verb_.name("try");
    options_.add_to(verb_);
    verb_.add_option("PLAN", plan_);
  }
  SplitLine split(const Words& words, std::size_t bare = 0) { return split_line(verb_, words, bare); }

  CLI::App verb_;
  ScenarioOptions options_;
  std::string plan_;
};

TEST_F(SplitLineTest, TheCommandStandsAfterTwoDashes) {
  const SplitLine line = split({"--grace", "5s", "--", "ls", "--tty", "--", "x"});
  EXPECT_THAT(line.ours, ElementsAre("--grace", "5s"));
  EXPECT_THAT(line.command, ElementsAre("ls", "--tty", "--", "x"));
}

TEST_F(SplitLineTest, WithoutDashesItBeginsWithTheFirstBareWord) {
  const SplitLine line = split({"--tty", "--grace=5s", "ls", "--grace", "x"});
  EXPECT_THAT(line.ours, ElementsAre("--tty", "--grace=5s"));
  EXPECT_THAT(line.command, ElementsAre("ls", "--grace", "x"));
}

TEST_F(SplitLineTest, AValueMayLookLikeAnything) {
  EXPECT_THAT(split({"--drive=--", "--", "ls"}).ours, ElementsAre("--drive=--"));
  EXPECT_THAT(split({"--drive", "-x", "ls"}).command, ElementsAre("ls"));
}

TEST_F(SplitLineTest, AValueIsNotTheTwoDashesBeforeTheCommand) {
  try {
    split({"--output", "--", "true"});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("--output expects a value, and found --"));
  }
}

TEST_F(SplitLineTest, ArgumentsOfTheVerbComeBeforeTheCommand) {
  const SplitLine line = split({"kill@0:quiet:1", "--tty", "ls"}, 1);
  EXPECT_THAT(line.ours, ElementsAre("kill@0:quiet:1", "--tty"));
  EXPECT_THAT(line.command, ElementsAre("ls"));
}

TEST_F(SplitLineTest, AnUnknownOptionIsNamedWithTheNearest) {
  try {
    split({"--gracee", "5s", "--", "ls"});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("--gracee"), ::testing::HasSubstr("--grace?")));
  }
}

TEST_F(SplitLineTest, GivenOptionsAreThoseOfAReplay) {
  Words words{"--outlives", "a", "--tty", "--outlives", "b", "--env", "X=1 2"};
  std::reverse(words.begin(), words.end());
  verb_.parse(std::move(words));
  EXPECT_THAT(given_options(verb_, ScenarioOptions::group),
              ElementsAre("--outlives", "a", "--outlives", "b", "--env", "X=1 2", "--tty"));
}

TEST_F(SplitLineTest, AReplayIsGivenWhatOutputsAndTheNextRunAreJudgedBy) {
  Words words{"--valid",   "*.db=sqlite3 \"$1\" 'pragma quick_check' | grep -q ^ok=",
              "--valid",   "*.gz=gzip -t",
              "--log",     "*.log",
              "--restart", "app --repair",
              "--grace",   "1s"};
  std::reverse(words.begin(), words.end());
  verb_.parse(std::move(words));
  const Scenario scenario = options_.scenario({"ls"});
  ASSERT_EQ(scenario.contract.validators.size(), 2U);
  EXPECT_EQ(scenario.contract.validators[0].first, "*.db");
  EXPECT_EQ(scenario.contract.validators[0].second, "sqlite3 \"$1\" 'pragma quick_check' | grep -q ^ok=");
  EXPECT_THAT(scenario.contract.logs, ElementsAre("*.log"));
  EXPECT_EQ(scenario.contract.restart, "app --repair");
  ReportContext context;
  context.scenario_options = given_options(verb_, ScenarioOptions::group);
  context.command = {"app"};
  EXPECT_EQ(replay_line(context, FaultPlan::parse("kill@0:write:1")),
            "exitproof replay --grace 1s --valid '*.db=sqlite3 \"$1\" '\\''pragma quick_check'\\'' | grep -q ^ok=' "
            "--valid '*.gz=gzip -t' --log '*.log' --restart 'app --repair' kill@0:write:1 -- app");
}

TEST_F(SplitLineTest, AReplayIsGivenWhatHandlersAreJudgedBy) {
  Words words{"--once", "^cleanup( |$)", "--once", "bye", "--runtime-handlers", "--inside", "report", "--agents", "on"};
  std::reverse(words.begin(), words.end());
  verb_.parse(std::move(words));
  const Scenario scenario = options_.scenario({"ls"});
  EXPECT_THAT(scenario.contract.once, ElementsAre("^cleanup( |$)", "bye"));
  EXPECT_TRUE(scenario.contract.runtime_handlers);
  EXPECT_THAT(scenario.inside, ElementsAre("report"));
  EXPECT_TRUE(scenario.agents);
  ReportContext context;
  context.scenario_options = given_options(verb_, ScenarioOptions::group);
  context.command = {"app"};
  EXPECT_EQ(replay_line(context, FaultPlan::parse("bad-alloc@0:new:7")),
            "exitproof replay --once '^cleanup( |$)' --once bye --runtime-handlers --agents on --inside report "
            "bad-alloc@0:new:7 -- app");
}

TEST_F(SplitLineTest, HasAgentsAndOwnHandlersByDefault) {
  const Scenario scenario = options_.scenario({"ls"});
  EXPECT_TRUE(scenario.agents);
  EXPECT_FALSE(scenario.contract.runtime_handlers);
  EXPECT_THAT(scenario.contract.once, ::testing::IsEmpty());
}

TEST_F(SplitLineTest, AsksForStaticDestructorsOnlyWhenTold) {
  const std::pair<std::string, std::string> asked("EXITPROOF_STATICS", "1");
  EXPECT_THAT(options_.scenario({"ls"}).environment, ::testing::Not(::testing::Contains(asked)));
  verb_.parse(Words{"--static-destructors"});
  EXPECT_THAT(options_.scenario({"ls"}).environment, ::testing::Contains(asked));
}

TEST_F(SplitLineTest, TakesNoStaticDestructorsWithoutAgents) {
  Words words{"off", "--agents", "--static-destructors"};
  verb_.parse(std::move(words));
  EXPECT_THROW(options_.scenario({"ls"}), UsageError);
}

TEST_F(SplitLineTest, ReadsAScenario) {
  Words words{"--grace", "5s", "--env", "EXITPROOF_TEST=a=b", "--output", "*.o", "--stop", "ctrl-c", "--net", "host"};
  std::reverse(words.begin(), words.end());
  verb_.parse(std::move(words));
  const Scenario scenario = options_.scenario({"ls"});
  EXPECT_EQ(scenario.contract.grace, Millis{5'000});
  EXPECT_THAT(scenario.environment, ::testing::Contains(std::pair<std::string, std::string>("EXITPROOF_TEST", "a=b")));
  EXPECT_THAT(scenario.contract.outputs, ElementsAre("*.o"));
  EXPECT_EQ(scenario.stop->kind, StopBy::Kind::ctrl_c);
  EXPECT_FALSE(scenario.own_network);
  EXPECT_TRUE(scenario.working_directory.starts_with('/'));
}

}  // namespace
}  // namespace exitproof::cli
