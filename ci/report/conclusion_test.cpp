#include "ci/report/conclusion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/report/sample_result_testing.hpp"

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::sample_certification;

/// "kill held", one for each kind.
std::vector<std::string> words_of(const ScenarioReport& scenario) {
  std::vector<std::string> words;
  for (const KindOutcome& outcome : kind_outcomes(scenario)) {
    words.push_back(std::string(kind_title(outcome.kind)) + ' ' + std::string(verdict_name(outcome.verdict)));
  }
  return words;
}

ScenarioReport holding() {
  return sample_certification().scenarios.back();
}

TEST(KindOutcomes, AreOfWhatWasAskedForOrTried) {
  EXPECT_THAT(words_of(sample_certification().scenarios.front()),
              ElementsAre("fault-free violated", "kill violated", "ctrl-c flaky", "hangup not-exercised"));
}

TEST(KindOutcomes, CountTheFullDiskUnderEnospcWhereOnlyThatWasAskedFor) {
  ScenarioReport scenario = holding();
  EXPECT_THAT(words_of(scenario), ElementsAre("fault-free held", "enospc held"));
  EXPECT_EQ(kind_outcomes(scenario).back().struck, (StruckCount{.faults = 12, .fired = 12, .held = 12}));
  scenario.faults = parse_fault_kinds("full,enospc");
  EXPECT_THAT(words_of(scenario), ElementsAre("fault-free held", "full held", "enospc held"));
}

TEST(KindOutcomes, NeverCallNothingAPass) {
  ScenarioReport scenario = holding();
  scenario.faults = parse_fault_kinds("epipe");
  scenario.result.statistics.by_kind = {{"kill", {.faults = 3, .fired = 0}}, {"pause", {.faults = 2, .fired = 2}}};
  EXPECT_THAT(words_of(scenario),
              ElementsAre("fault-free held", "kill not-exercised", "epipe not-exercised", "pause not-exercised"));
  EXPECT_THAT(kind_outcomes(scenario)[2].why, HasSubstr("nothing that the subject does"));
  scenario.result.trials.planned = 13;
  EXPECT_THAT(kind_outcomes(scenario)[2].why, HasSubstr("the budget ended"));
  scenario.result.interrupted = true;
  EXPECT_THAT(kind_outcomes(scenario)[2].why, HasSubstr("interrupted"));
}

TEST(KindOutcomes, SayNothingWithoutAFaultFreeRunThatEnded) {
  ScenarioReport scenario = holding();
  scenario.result.baseline.ended = false;
  EXPECT_THAT(words_of(scenario), ElementsAre("fault-free not-exercised", "enospc not-exercised"));
  scenario.result.survey.refusal = "cannot execute it";
  EXPECT_EQ(kind_outcomes(scenario).front().why, "cannot execute it");
}

TEST(Conclusion, IsThatOfTheScenarioThatSpeaksLoudest) {
  Certification certification = sample_certification();
  EXPECT_EQ(conclusion_of(certification), Conclusion::violated);
  certification.scenarios.erase(certification.scenarios.begin());
  EXPECT_EQ(conclusion_of(certification), Conclusion::held);
  certification.lacks = {"it was changed"};
  EXPECT_EQ(conclusion_of(certification), Conclusion::refused);
  certification.scenarios.emplace_back();
  EXPECT_EQ(conclusion_of(certification), Conclusion::nothing_tried);
  EXPECT_EQ(conclusion_of(Certification{}), Conclusion::nothing_tried);
}

}  // namespace
}  // namespace exitproof
