#include "ci/report/junit_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "ci/report/sample_result_testing.hpp"

namespace exitproof {
namespace {

using testing::golden;
using ::testing::HasSubstr;
using testing::sample_certification;

TEST(JunitReport, HasItsFixedShape) {
  const std::string actual = certification_to_junit(sample_certification());
  EXPECT_EQ(actual, golden("junit.xml", actual));
}

TEST(JunitReport, HasNoCaseOfNothing) {
  EXPECT_THAT(certification_to_junit({}), HasSubstr("<testsuites name=\"exitproof\" tests=\"0\""));
}

TEST(JunitReport, TellsASubjectThatCannotBeTriedByAnError) {
  Certification certification;
  certification.scenarios.resize(1);
  certification.scenarios.front().name = "prog";
  certification.scenarios.front().result.survey.refusal = "cannot execute prog";
  EXPECT_THAT(certification_to_junit(certification),
              HasSubstr("<error type=\"harness-error\" message=\"cannot execute prog\""));
}

TEST(JunitReport, TellsThatThereIsNoCertificateByAnError) {
  Certification certification = sample_certification();
  certification.scenarios.erase(certification.scenarios.begin());
  certification.scenarios.front().lacks = {"fault-free runs end with exit 2", "and so on"};
  certification.lacks = {"work.sh was changed while it was tried"};
  const std::string printed = certification_to_junit(certification);
  EXPECT_THAT(printed, HasSubstr("<testsuites name=\"libprog 1.4\" tests=\"4\" failures=\"0\" errors=\"2\">"));
  EXPECT_THAT(printed, HasSubstr("<testcase classname=\"load\" name=\"certificate\">"));
  EXPECT_THAT(printed, HasSubstr("<error type=\"no-certificate\" message=\"fault-free runs end with exit 2 (and 1 "
                                 "more)\">\nfault-free runs end with exit 2\nand so on\n"));
  EXPECT_THAT(printed, HasSubstr("<error type=\"no-certificate\" message=\"work.sh was changed while it was tried\">"));
}

TEST(JunitReport, IsXmlWhateverTheSubjectSays) {
  Certification certification = sample_certification();
  CampaignResult& result = certification.scenarios.front().result;
  const std::string text = "\x01]]><!--&\xff\xef\xbf\xbf\n\"";
  result.findings.front().violation.detail = text;
  result.harness_errors = {text};
  certification.scenarios.front().context.command.push_back(text);
  pugi::xml_document document;
  const std::string printed = certification_to_junit(certification);
  ASSERT_TRUE(document.load_buffer(printed.data(), printed.size()));
  const pugi::xml_node suite = document.child("testsuites").child("testsuite");
  EXPECT_THAT(suite.child("testcase").child("failure").attribute("message").value(),
              HasSubstr("\\x01]]><!--&\\xff\\u{ffff}\\x0a\""));
}

}  // namespace
}  // namespace exitproof
