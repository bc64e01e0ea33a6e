#include "ci/report/sarif_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ci/report/reported_invariants.hpp"
#include "ci/report/sample_result_testing.hpp"
#include "exitproof/invariant.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::json;
using testing::golden;
using testing::sample_certification;

Json run_of(const Certification& certification) {
  return Json::parse(certification_to_sarif(certification))["runs"][0];
}

TEST(SarifReport, HasItsFixedShape) {
  const std::string actual = certification_to_sarif(sample_certification());
  EXPECT_EQ(actual, golden("results.sarif", actual));
}

TEST(SarifReport, HasARuleForEachInvariant) {
  const Json rules = run_of({})["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), all_invariants().size());
  for (const Invariant& invariant : all_invariants()) {
    EXPECT_NE(invariant_help(invariant.name), invariant_help("keeps-its-log")) << invariant.name;
  }
}

TEST(SarifReport, HasARuleForAClaimOfTheProgramsOwn) {
  Certification certification = sample_certification();
  certification.scenarios.front().result.findings.front().violation.invariant = "keeps 1 log";
  const Json run = run_of(certification);
  const Json& rule = run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"].get<std::size_t>()];
  EXPECT_EQ(rule["id"], "keeps 1 log");
  EXPECT_FALSE(rule.contains("name"));
}

TEST(SarifReport, PointsToTheRuleAndToTheLine) {
  const Json run = run_of(sample_certification());
  const Json& orphan = run["results"][1];
  EXPECT_EQ(run["tool"]["driver"]["rules"][orphan["ruleIndex"].get<std::size_t>()]["id"], "no-orphans");
  const Json& physical = orphan["locations"][0]["physicalLocation"];
  EXPECT_EQ(physical["artifactLocation"]["uri"], "prog.cpp");
  EXPECT_EQ(physical["region"]["startLine"], 12);
}

TEST(SarifReport, SucceededOnlyWhereTheHarnessDid) {
  Certification certification = sample_certification();
  EXPECT_TRUE(run_of(certification)["invocations"][0]["executionSuccessful"].get<bool>());
  certification.scenarios.front().result.interrupted = true;
  EXPECT_FALSE(run_of(certification)["invocations"][0]["executionSuccessful"].get<bool>());
  EXPECT_FALSE(run_of({})["invocations"][0]["executionSuccessful"].get<bool>());
}

TEST(SarifReport, FailedWhereThereIsNoCertificate) {
  Certification certification = sample_certification();
  certification.scenarios.erase(certification.scenarios.begin());
  EXPECT_TRUE(run_of(certification)["invocations"][0]["executionSuccessful"].get<bool>());
  certification.scenarios.front().lacks = {"it ended"};
  const Json of_one = run_of(certification)["invocations"][0];
  EXPECT_FALSE(of_one["executionSuccessful"].get<bool>());
  EXPECT_EQ(of_one["toolExecutionNotifications"][0]["level"], "error");
  EXPECT_EQ(of_one["toolExecutionNotifications"][0]["message"]["text"], "load: no certificate: it ended");
  certification.scenarios.front().lacks.clear();
  certification.lacks = {"it was changed"};
  const Json of_all = run_of(certification)["invocations"][0];
  EXPECT_FALSE(of_all["executionSuccessful"].get<bool>());
  EXPECT_EQ(of_all["toolExecutionNotifications"].back()["message"]["text"], "no certificate: it was changed");
}

TEST(SarifReport, IsJsonWhateverTheSubjectSays) {
  Certification certification = sample_certification();
  certification.scenarios.front().result.findings.front().violation.detail = "a\xff\n\x01";
  EXPECT_THAT(run_of(certification)["results"][0]["message"]["text"].get<std::string>(),
              ::testing::StartsWith("a\\xff\\x0a\\x01\n"));
}

}  // namespace
}  // namespace exitproof
