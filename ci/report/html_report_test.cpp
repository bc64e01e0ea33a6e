#include "ci/report/html_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/report/html_text.hpp"
#include "ci/report/sample_result_testing.hpp"

namespace exitproof {
namespace {

using ::testing::AllOf;
using testing::golden;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_certification;

/// What a reader sees without scrolling: up to the end of the header.
std::string first_screen(const std::string& page) {
  return page.substr(0, page.find("</header>"));
}

TEST(HtmlReport, HasItsFixedShape) {
  const std::string actual = certification_to_html(sample_certification());
  EXPECT_EQ(actual, golden("report.html", actual));
}

TEST(HtmlReport, NeedsNoNetworkAndNoScript) {
  const std::string page = certification_to_html(sample_certification());
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("src=")), Not(HasSubstr("url(")),
                          Not(HasSubstr("@import")), Not(HasSubstr("<link"))));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(HtmlReport, SaysFirstWhatWasRefusedAndWhy) {
  EXPECT_THAT(first_screen(certification_to_html(sample_certification())),
              AllOf(HasSubstr("<h1>libprog 1.4</h1>"), HasSubstr("Refused: 4 findings"),
                    HasSubstr("<a href=\"#finding-2\">no-orphans: <code>kill@0:rename:1:after</code></a>")));
}

TEST(HtmlReport, NeverCallsAPartThatHeldTheWhole) {
  Certification certification = sample_certification();
  certification.scenarios.erase(certification.scenarios.begin());
  EXPECT_THAT(first_screen(certification_to_html(certification)), HasSubstr("Held: no finding</p>"));
  certification.scenarios.front().result.trials.planned = 13;
  certification.scenarios.front().result.interrupted = true;
  EXPECT_THAT(first_screen(certification_to_html(certification)),
              HasSubstr("No finding in what was tried: 12 of 13 trials (interrupted)"));
  EXPECT_THAT(first_screen(certification_to_html({})), HasSubstr("Nothing was tried"));
}

TEST(HtmlReport, SaysFirstThatThereIsNoCertificate) {
  Certification certification = sample_certification();
  certification.scenarios.erase(certification.scenarios.begin());
  certification.scenarios.front().lacks = {"level smoke is not complete: 2 trials of 12 were made"};
  EXPECT_THAT(first_screen(certification_to_html(certification)),
              AllOf(HasSubstr("<p class=\"verdict bad\" role=\"status\">Refused: there is no certificate</p>"),
                    HasSubstr("load: level smoke is not complete"), Not(HasSubstr("Held"))));
  certification.scenarios.front().lacks.clear();
  certification.lacks = {"work.sh was <changed>"};
  EXPECT_THAT(first_screen(certification_to_html(certification)),
              AllOf(HasSubstr("Refused: there is no certificate"), HasSubstr("work.sh was &lt;changed&gt;")));
}

TEST(HtmlReport, TellsOfAClaimOfTheProgramsOwn) {
  Certification certification = sample_certification();
  certification.scenarios.front().result.findings.front().violation.invariant = "keeps-its-log";
  EXPECT_THAT(certification_to_html(certification),
              AllOf(HasSubstr("<th scope=\"row\">keeps-its-log</th><td class=\"bad\"><a href=\"#finding-1\">"),
                    HasSubstr("<dt>keeps-its-log</dt>")));
}

TEST(HtmlReport, EscapesWhateverTheSubjectSays) {
  const std::string evil = "</style><script>alert(1)</script>\x1b[31m\xff\"'";
  Certification certification = sample_certification();
  certification.library = certification.version = evil;
  ScenarioReport& scenario = certification.scenarios.front();
  scenario.name = evil;
  scenario.context.command = {evil};
  CampaignResult& result = scenario.result;
  result.harness_errors = {evil};
  result.skipped = {{evil, evil}};
  result.notes.front().note.detail = evil;
  result.statistics.by_target = {{evil, {}}};
  result.statistics.not_fired = {{evil, 1}};
  Finding& finding = result.findings[1];
  finding.violation.detail = finding.struck_process = evil;
  finding.struck->object = finding.struck->stack[0].function = finding.struck->stack[1].file = evil;
  for (auto& [name, evidence] : scenario.evidence) {
    for (ProcessRecord& process : evidence.processes) {
      process.command = evil;
      process.argv = {evil};
    }
    for (Event& event : evidence.events) event.object = event.call = evil;
    for (FileChange& file : evidence.files) file.path = evil;
    for (Survivor& survivor : evidence.survivors) survivor.holds = {evil};
  }
  const std::string page = certification_to_html(certification);
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("\x1b")), Not(HasSubstr("\xff")),
                          HasSubstr("&lt;script&gt;"), HasSubstr("\\x1b[31m\\xff&quot;&#39;")));
  EXPECT_EQ(page.find("</style>"), page.rfind("</style>"));
}

TEST(HtmlText, KeepsLinesOnlyInPreformattedText) {
  EXPECT_EQ(html_text("a\n<b>"), "a\\x0a&lt;b&gt;");
  EXPECT_EQ(html_lines("a\n<b>"), "a\n&lt;b&gt;");
}

}  // namespace
}  // namespace exitproof
