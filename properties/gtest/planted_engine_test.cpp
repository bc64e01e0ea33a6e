#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "properties/gtest/suite_testing.hpp"

namespace exitproof::gtest {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

const WaitStatus green = WaitStatus::exited(0);
const WaitStatus red = WaitStatus::exited(1);

/// The plan of the first line that replays something by the suite.
std::string first_plan(const std::string& said) {
  std::smatch found;
  return std::regex_search(said, found, std::regex("EXITPROOF_REPLAY=(\\S+) ")) ? found[1].str() : "";
}

/// A folder of this test's own, gone with it.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path(std::filesystem::temp_directory_path() / ("exitproof-gtest-" + std::to_string(::getpid()))) {}
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path path;
};

Json document(const std::filesystem::path& file) {
  std::ifstream in(file);
  return Json::parse(in);
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(PlantedSuite, WhatIsRightIsGreenAndSaysHowFarItWasTried) {
  const SuiteRun run = run_one("Report.CarefullySaved");
  EXPECT_EQ(run.status, green) << run.said;
  EXPECT_THAT(run.said, AllOf(HasSubstr("[exitproof ] Report.CarefullySaved: "), HasSubstr(" 0 violated")));
}

TEST(PlantedSuite, AFindingComesWithItsPlanItsReplayAndItsTimeline) {
  const SuiteRun run = run_one("Report.CarelesslySaved");
  ASSERT_EQ(run.status, red) << run.said;
  EXPECT_THAT(run.said, AllOf(HasSubstr("planted.cpp:"), HasSubstr("no-leftovers: kill@0:"),
                              HasSubstr("is left after gtest_planted (0) was ended by SIGKILL"),
                              HasSubstr("struck: gtest_planted (0), before"), HasSubstr("replayed 5 of 5"),
                              HasSubstr("what happened"), HasSubstr("FAULT"), HasSubstr("said beside it")));
}

TEST(PlantedSuite, TheReplayLineShowsTheFindingAgainAndTriesNothingElse) {
  const std::string plan = first_plan(run_one("Report.CarelesslySaved").said);
  ASSERT_NE(plan, "");
  const SuiteRun again = run_one("Report.CarelesslySaved", {{"EXITPROOF_REPLAY", plan}});
  EXPECT_EQ(again.status, red);
  EXPECT_THAT(again.said, AllOf(HasSubstr(plan + ": violated"), HasSubstr("no-leftovers: /tmp/report.json."),
                                HasSubstr("FAULT " + plan), Not(HasSubstr(" trials at "))));
  const SuiteRun of_the_right_one = run_one("Report.CarefullySaved", {{"EXITPROOF_REPLAY", plan}});
  EXPECT_EQ(of_the_right_one.status, green) << of_the_right_one.said;
}

TEST(PlantedSuite, APlanThatDoesNotFireIsNoPass) {
  const SuiteRun run = run_one("Report.CarefullySaved", {{"EXITPROOF_REPLAY", "kill@0:fork:7"}});
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, AllOf(HasSubstr("not-exercised"), HasSubstr("kill@0:fork:7 did not fire")));
}

TEST(PlantedSuite, APlanThatCannotBeReadIsAFailure) {
  const SuiteRun run = run_one("Report.CarefullySaved", {{"EXITPROOF_REPLAY", "kil@0:fork:7"}});
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, HasSubstr("expected"));
}

TEST(PlantedSuite, EachScenarioOfATestIsReplayedByItsNumber) {
  const SuiteRun run = run_one("Report.TheSecondOfTwo");
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, Not(HasSubstr("after an assertion that failed"))) << "ASSERT_EXITPROOF returns";
  const std::string plan = first_plan(run.said);
  ASSERT_THAT(plan, ::testing::StartsWith("2:"));
  const SuiteRun again = run_one("Report.TheSecondOfTwo", {{"EXITPROOF_REPLAY", plan}});
  EXPECT_EQ(again.status, red);
  EXPECT_THAT(again.said, HasSubstr(plan.substr(2) + ": violated"));
  const SuiteRun of_none = run_one("Report.CarefullySaved", {{"EXITPROOF_REPLAY", "3:none"}});
  EXPECT_EQ(of_none.status, red);
  EXPECT_THAT(of_none.said, HasSubstr("names none of the 1 scenarios"));
}

TEST(PlantedSuite, ACommandIsReplayedByTheCommand) {
  const SuiteRun run = run_one("Report.ByACommand");
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, HasSubstr("  exitproof replay --env NOTE=beside SIG"));
  EXPECT_THAT(run.said, HasSubstr("-- /bin/sh -c ': >/tmp/left; /bin/true; rm /tmp/left'"));
}

TEST(PlantedSuite, APropertyIsFalsifiedMadeSimplerAndReplayed) {
  const SuiteRun run = run_one("Report.IsGoneAfterFailure", {{"RC_PARAMS", "seed=3"}});
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, AllOf(HasSubstr("falsified after"), HasSubstr("Expected: leaves nothing behind"),
                              HasSubstr("the simplest plan that fails"), HasSubstr("what happened"),
                              HasSubstr("RC_PARAMS=\"seed=3\"")));
  const std::string plan = first_plan(run.said);
  EXPECT_EQ(plan.find(','), std::string::npos) << "one fault is enough: " << plan;
  EXPECT_EQ(first_plan(run_one("Report.IsGoneAfterFailure", {{"RC_PARAMS", "seed=3"}}).said), plan);
  const SuiteRun again = run_one("Report.IsGoneAfterFailure", {{"EXITPROOF_REPLAY", plan}});
  EXPECT_EQ(again.status, red);
  EXPECT_THAT(again.said, HasSubstr("no-leftovers: /tmp/report.json."));
}

TEST(PlantedSuite, APropertyThatHoldsIsCounted) {
  const SuiteRun run = run_one("Report.EndsInTime", {{"RC_PARAMS", "max_success=7"}});
  EXPECT_EQ(run.status, green) << run.said;
  EXPECT_THAT(run.said, HasSubstr(": 7 held, "));
}

TEST(PlantedSuite, ABadValueOfRapidChecksIsAFailureOfTheTestAlone) {
  const std::vector<std::pair<std::string, std::string>> bad{{"max_success=many", "max_success"}, {"sed=4", "sed"}};
  for (const auto& [value, word] : bad) {
    const SuiteRun run = run_suite({"--gtest_filter=Report.EndsInTime:Report.Misspelt"}, {{"RC_PARAMS", value}});
    EXPECT_EQ(run.status, red);
    EXPECT_THAT(run.said, AllOf(HasSubstr("RC_PARAMS"), HasSubstr(word), HasSubstr("2 FAILED TESTS")));
  }
}

TEST(PlantedSuite, ATrialOfOnesOwnIsMatched) {
  const SuiteRun run = run_one("Report.LeftByOneTrial");
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, AllOf(HasSubstr("Expected: leaves nothing behind"), HasSubstr("trial of kill@0:rename:1"),
                              HasSubstr("FAULT kill@0:rename:1")));
}

TEST(PlantedSuite, AnInvariantOfItsOwnCountsAsAnyOther) {
  const TemporaryFolder folder;
  const SuiteRun run =
      run_suite({"--gtest_filter=Report.ItsStatusIsKnown", "--exitproof_json=" + folder.path.string()});
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, AllOf(HasSubstr("known-status: "), HasSubstr("it ended with a status of its own"),
                              HasSubstr("replayed 5 of 5"), HasSubstr("EXITPROOF_REPLAY=")));
  const Json result = document(folder.path / "Report.ItsStatusIsKnown.json");
  EXPECT_EQ(result["findings"].at(0)["invariant"], "known-status");
  EXPECT_EQ(result["findings"].at(0)["replay"]["same"], 5);
}

TEST(PlantedSuite, MistakesAreFailuresThatSayWhatIsWrong) {
  const SuiteRun run = run_suite({"--gtest_filter=Report.Misspelt:Report.NothingToTry"});
  EXPECT_EQ(run.status, red);
  EXPECT_THAT(run.said, AllOf(HasSubstr("did you mean \"kill\"?"), HasSubstr("nothing was tried; 0 of 0 trials")));
}

TEST(PlantedSuite, WhatCannotBeTriedIsSkippedWithTheReason) {
  const SuiteRun run = run_one("Report.OfAProgramThatTraces");
  EXPECT_EQ(run.status, green) << run.said;
  EXPECT_THAT(run.said, AllOf(HasSubstr("cannot be tried: uses_ptrace"), HasSubstr("SKIPPED"),
                              Not(HasSubstr("[       OK ] Report.OfAProgramThatTraces"))));
}

TEST(PlantedSuite, DocumentsAndJUnitAreWritten) {
  const TemporaryFolder folder;
  const std::string junit = (folder.path / "junit.xml").string();
  run_suite({"--gtest_filter=Report.TheSecondOfTwo:Report.EndsInTime", "--gtest_output=xml:" + junit},
            {{"EXITPROOF_JSON_DIR", folder.path.string()}, {"RC_PARAMS", "max_success=3"}});
  const Json held = document(folder.path / "Report.TheSecondOfTwo.json");
  EXPECT_EQ(held["schema"], "exitproof/result/1");
  EXPECT_TRUE(held["findings"].empty());
  EXPECT_GT(held["trials"]["held"], 0);
  const Json violated = document(folder.path / "Report.TheSecondOfTwo#2.json");
  EXPECT_EQ(violated["findings"].at(0)["invariant"], "no-leftovers");
  EXPECT_EQ(document(folder.path / "Report.EndsInTime.json")["trials"]["held"], 3);
  EXPECT_THAT(text_of(junit), AllOf(HasSubstr("exitproof_trials"), HasSubstr("no-leftovers")));
  const auto files = std::filesystem::directory_iterator(folder.path);
  EXPECT_EQ(std::distance(begin(files), end(files)), 4) << "a part of a document is left";
}

TEST(PlantedSuite, FiltersShardsAndRepetitionsAreGoogleTests) {
  const std::string both = "--gtest_filter=Report.Misspelt:Report.NothingToTry";
  const SuiteRun shard = run_suite({both}, {{"GTEST_TOTAL_SHARDS", "2"}, {"GTEST_SHARD_INDEX", "0"}});
  EXPECT_THAT(shard.said, HasSubstr("1 test from 1 test suite ran"));
  const SuiteRun thrice = run_suite({"--gtest_filter=Report.CarefullySaved", "--gtest_repeat=3"});
  EXPECT_EQ(thrice.status, green) << thrice.said;
  EXPECT_THAT(thrice.said, Not(HasSubstr("Report.CarefullySaved#"))) << "each repetition counts from one";
  const SuiteRun broken = run_suite({"--gtest_filter=Report.Misspelt", "--gtest_break_on_failure"});
  EXPECT_TRUE(broken.status.is_signal()) << broken.status.print();
}

TEST(PlantedSuite, DeathTestsOfBothStylesLiveBesideIt) {
  for (const char* style : {"fast", "threadsafe"}) {
    const SuiteRun run =
        run_suite({"--gtest_filter=ReportDeathTest.*", std::string("--gtest_death_test_style=") + style});
    EXPECT_EQ(run.status, green) << run.said;
  }
}

TEST(PlantedSuite, ASubjectThatIsNotThereIsNotRun) {
  EXPECT_EQ(run_suite({"exitproof-subject", "no_such_subject"}).status, WaitStatus::exited(99));
}

}  // namespace
}  // namespace exitproof::gtest
