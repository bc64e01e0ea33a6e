#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/report/console.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/sample_result_testing.hpp"
#include "ci/report/survey_report.hpp"
#include "ci/report/timeline.hpp"

namespace exitproof {
namespace {

using testing::golden;
using testing::sample_context;
using testing::sample_result;
using testing::sample_trial;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonReport, HasItsFixedShape) { EXPECT_EQ(result_to_json(sample_result(), sample_context()), golden("result.json")); }

TEST(JsonReport, HasEveryFieldOfAnEmptyCampaignToo) {
  EXPECT_EQ(result_to_json({}, {.tool = "exitproof 0.1.0", .kernel = {}, .program = {}, .scenario_options = {}, .command = {}}),
            golden("empty.json"));
}

TEST(SurveyJson, HasItsFixedShape) { EXPECT_EQ(survey_to_json(sample_result(), sample_context()), golden("survey.json")); }

TEST(Console, HasItsFixedShape) {
  const CampaignResult result = sample_result();
  EXPECT_EQ(describe_survey(result) + describe_result(result, sample_context(), {}), golden("console.txt"));
}

TEST(Console, PaintsOnlyWhenAsked) {
  EXPECT_THAT(describe_result(sample_result(), sample_context(), {.on = false}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(describe_result(sample_result(), sample_context(), {.on = true}), HasSubstr("\x1b[31mno-orphans\x1b[0m"));
}

TEST(Console, NeverCallsNothingTriedAPass) {
  EXPECT_THAT(describe_result({}, sample_context(), {}), HasSubstr("nothing was tried"));
}

TEST(SurveyReport, HasItsFixedShape) {
  EXPECT_EQ(describe_catalog(sample_result(), sample_context(), {}), golden("survey.txt"));
}

TEST(Timeline, HasItsFixedShape) {
  EXPECT_EQ(describe_timeline(sample_trial(), {.calls_around_fault = 4, .paint = {}}), golden("timeline.txt"));
}

}  // namespace
}  // namespace exitproof
