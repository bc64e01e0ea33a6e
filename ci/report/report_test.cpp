#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/report/console.hpp"
#include "ci/report/github_annotations.hpp"
#include "ci/report/html_report.hpp"
#include "ci/report/json_report.hpp"
#include "ci/report/junit_report.hpp"
#include "ci/report/sample_result_testing.hpp"
#include "ci/report/sarif_report.hpp"
#include "ci/report/survey_report.hpp"
#include "ci/report/timeline.hpp"
#include "ci/report/verification_report.hpp"

namespace exitproof {
namespace {

using testing::golden;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_context;
using testing::sample_replay;
using testing::sample_result;
using testing::sample_trial;

void expect_golden(const std::string& name, const std::string& actual) {
  EXPECT_EQ(actual, golden(name, actual));
}

TEST(ReplayLine, IsOneCommandLine) {
  const ReportContext context{.tool = {},
                              .kernel = {},
                              .program = "exitproof",
                              .scenario_options = {"--stop", "kill -TERM $EXITPROOF_PID"},
                              .command = {"sh", "-c", "a; b"}};
  EXPECT_EQ(replay_line(context, FaultPlan::parse("kill@0:quiet:1")),
            "exitproof replay --stop 'kill -TERM $EXITPROOF_PID' kill@0:quiet:1 -- sh -c 'a; b'");
}

TEST(ReplayLine, NamesEachByteOfTheCommandInEveryFormat) {
  Certification certification = testing::sample_certification();
  certification.scenarios.front().context.command = {"./h\x01\xff"};
  const std::string words = "-- $'./h\\001\\377'";
  EXPECT_THAT(describe_result(sample_result(), certification.scenarios.front().context, {}), HasSubstr(words));
  EXPECT_THAT(certification_to_junit(certification), HasSubstr(words));
  EXPECT_THAT(certification_to_github_annotations(certification), HasSubstr(words));
  EXPECT_THAT(certification_to_html(certification), HasSubstr("-- $&#39;./h\\001\\377&#39;"));
  EXPECT_THAT(certification_to_sarif(certification), HasSubstr("-- $'./h\\\\001\\\\377'"));
}

TEST(JsonReport, HasItsFixedShape) {
  expect_golden("result.json", result_to_json(sample_result(), sample_context()));
}

TEST(JsonReport, HasEveryFieldOfAnEmptyCampaignToo) {
  ReportContext context;
  context.tool = "exitproof 0.1.0";
  expect_golden("empty.json", result_to_json({}, context));
}

TEST(SurveyJson, HasItsFixedShape) {
  expect_golden("survey.json", survey_to_json(sample_result(), sample_context()));
}

TEST(Console, HasItsFixedShape) {
  const CampaignResult result = sample_result();
  expect_golden("console.txt", describe_survey(result) + describe_result(result, sample_context(), {}));
}

TEST(Console, PaintsOnlyWhenAsked) {
  EXPECT_THAT(describe_result(sample_result(), sample_context(), {.on = false}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(describe_result(sample_result(), sample_context(), {.on = true}), HasSubstr("\x1b[31mno-orphans\x1b[0m"));
}

TEST(Console, ShowsNoControlCharactersOfTheSubject) {
  Note note;
  note.detail =
      "a\x1b[31m\nb \x9b"
      "31m \u009b";
  EXPECT_EQ(describe_note(note), "note: a\\x1b[31m\\x0ab \\x9b31m \\x9b");
}

TEST(Console, NamesTheInvariantOfANoteWhereItHasOne) {
  Note note;
  note.detail = "its end could not be judged";
  EXPECT_EQ(describe_note(note), "note: its end could not be judged");
  CampaignResult result;
  result.notes = {{note, FaultKind::kill, {}, 2}};
  EXPECT_THAT(describe_result(result, sample_context(), {}),
              HasSubstr("note: its end could not be judged (kill in 2 trials)\n"));
  note.invariant = "no-hang";
  EXPECT_EQ(describe_note(note), "note: no-hang: its end could not be judged");
}

TEST(JsonReport, ReplacesBytesThatAreNotUtf8) {
  CampaignResult result = sample_result();
  result.findings.front().violation.detail = "/tmp/x\xff was left";
  EXPECT_THAT(result_to_json(result, sample_context()), HasSubstr("/tmp/x\xef\xbf\xbd was left"));
}

TEST(Console, NeverCallsNothingTriedAPass) {
  EXPECT_THAT(describe_result({}, sample_context(), {}), HasSubstr("nothing was tried"));
}

TEST(Console, SaysAtTheEndWhatWasNotAskedOfASubjectThatNeverEnds) {
  CampaignResult result;
  result.baseline.ended = false;
  result.trials.held = 3;
  result.skipped = {{"whole-outputs", "the fault-free runs were cut, so the outputs are unknown"},
                    {"no-orphans", "the run was cut before it ended"}};
  EXPECT_THAT(describe_result(result, sample_context(), {}),
              ::testing::EndsWith("no fault-free run to compare with came to its end: not asked were whole-outputs\n"
                                  "no finding in what could be asked\n"));
}

TEST(SurveyReport, HasItsFixedShape) {
  expect_golden("survey.txt", describe_catalog(sample_result(), sample_context(), {}));
}

TEST(Timeline, ShowsNoControlCharactersOfTheSubject) {
  Evidence evidence = sample_trial();
  const std::string evil = "h\x1b[2J[1;1Hx\nverdict\xff";
  for (ProcessRecord& process : evidence.processes) process.command = evil;
  for (Survivor& survivor : evidence.survivors) {
    for (BlockedTask& task : survivor.blocked) task.command = evil;
  }
  for (FaultRecord& fault : evidence.faults) {
    for (Frame& frame : fault.stack) frame.function = frame.file = frame.module = evil;
  }
  const std::string text = describe_timeline(evidence, {.calls_around_fault = 4, .paint = {}});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\xff")));
  EXPECT_THAT(text, Not(HasSubstr("\nverdict")));
  EXPECT_THAT(text, HasSubstr("h\\x1b[2J[1;1Hx\\x0averdict\\xff"));
}

TEST(Timeline, SaysHowLongAPauseHeld) {
  Evidence evidence;
  FaultRecord& record = evidence.faults.emplace_back();
  record.fault = Fault::parse("pause@0:write:1");
  record.fired = true;
  record.landing = Landing::held;
  record.hold = Hold{Millis(30)};
  EXPECT_THAT(describe_faults(evidence), HasSubstr("; landed: held for 30.0 ms\n"));
  record.hold = Hold{longest_open_pause, true};
  EXPECT_THAT(describe_faults(evidence), HasSubstr("; landed: held for 1.00 s: the others were never all blocked\n"));
}

TEST(Timeline, HasItsFixedShape) {
  expect_golden("timeline.txt", describe_timeline(sample_trial(), {.calls_around_fault = 4, .paint = {}}));
}

TEST(JsonReport, OfAReplayHasItsFixedShape) {
  expect_golden("replay.json", replay_to_json(sample_replay(), sample_context()));
}

TEST(VerificationReport, TellsWhereAProcessDidSomethingElse) {
  expect_golden("verification.txt", describe_verification(*sample_replay().verification, {}));
}

TEST(VerificationReport, TellsAnotherOrder) {
  Verification verification = *sample_replay().verification;
  verification.same_by_thread = verification.times;
  verification.outcomes.resize(1);
  verification.parting->interleaved = true;
  verification.parting->later.clear();
  expect_golden("verification_order.txt", describe_verification(verification, {}));
}

TEST(VerificationReport, TellsTheSame) {
  Verification verification = *sample_replay().verification;
  verification.same = verification.same_by_thread = verification.times;
  verification.outcomes.resize(1);
  verification.parting.reset();
  expect_golden("verification_same.txt", describe_verification(verification, {}));
}

TEST(VerificationReport, NeverCallsNothingComparedTheSame) {
  Verification alone;
  alone.times = 1;
  EXPECT_THAT(describe_verification(alone, {}), HasSubstr("nothing to compare"));
}

}  // namespace
}  // namespace exitproof
