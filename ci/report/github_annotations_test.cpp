#include "ci/report/github_annotations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/report/sample_result_testing.hpp"

namespace exitproof {
namespace {

using testing::golden;
using ::testing::HasSubstr;
using testing::sample_certification;

TEST(GithubAnnotations, HaveTheirFixedShape) {
  const std::string actual = certification_to_github_annotations(sample_certification());
  EXPECT_EQ(actual, golden("annotations.txt", actual));
}

TEST(GithubAnnotations, SayNothingWhereAllHeld) {
  Certification certification = sample_certification();
  certification.scenarios.erase(certification.scenarios.begin());
  EXPECT_EQ(certification_to_github_annotations(certification), "");
}

TEST(GithubAnnotations, SayThatThereIsNoCertificate) {
  Certification certification = sample_certification();
  certification.scenarios.erase(certification.scenarios.begin());
  certification.scenarios.front().lacks = {"it ended"};
  certification.lacks = {"it was changed"};
  EXPECT_EQ(certification_to_github_annotations(certification),
            "::group::exitproof: load\n::error title=exitproof::no certificate: it ended\n::endgroup::\n"
            "::error title=exitproof::no certificate: it was changed\n");
}

TEST(GithubAnnotations, LetNoTextOfTheSubjectBecomeACommand) {
  Certification certification = sample_certification();
  ScenarioReport& scenario = certification.scenarios.front();
  scenario.name = "100%\n::warning::a";
  scenario.result.findings = {scenario.result.findings[1]};
  scenario.result.findings[0].violation.detail = "x\n::error::100%\r";
  scenario.result.findings[0].struck->stack[1].file = "a,b:c%.cpp";
  scenario.result.harness_errors.clear();
  const std::string text = certification_to_github_annotations(certification);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  EXPECT_THAT(text, HasSubstr("::group::exitproof: 100%25\\x0a::warning::a\n"));
  EXPECT_THAT(text, HasSubstr("file=a%2Cb%3Ac%25.cpp,line=12,title=no-orphans%3A kill@0%3Arename%3A1%3Aafter::"));
  EXPECT_THAT(text, HasSubstr("x\\x0a::error::100%25\\x0d%0A"));
}

}  // namespace
}  // namespace exitproof
