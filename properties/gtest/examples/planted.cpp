// A suite with planted defects, each found by another part of the face: its tests fail, and planted_engine_test.cpp
// reads what they say.
#include <cstdlib>
#include <memory>

#include "exitproof/gtest.hpp"
#include "exitproof/gtest/property.hpp"
#include "harness/model/test_paths_testing.hpp"
#include "properties/gtest/examples/report.hpp"

namespace {

using namespace exitproof::gtest;  // NOLINT(google-build-using-namespace): as a user writes it

int save(Report::Care care) {
  Report report("/tmp/report.json", care);
  return report.write("{\"lines\": 3}\n") && report.save() ? EXIT_SUCCESS : EXIT_FAILURE;
}

EXITPROOF_SUBJECT(careful_save) {
  return save(Report::Care::careful);
}

EXITPROOF_SUBJECT(careless_save) {
  return save(Report::Care::careless);
}

Scenario writing(const Subject& subject) {
  return {.subject = subject, .outputs = {"/tmp/report.json"}, .faults = "kill,enospc"};
}

TEST(Report, CarefullySaved) {
  EXPECT_EXITPROOF(writing(careful_save));
}

TEST(Report, CarelesslySaved) {
  EXPECT_EXITPROOF(writing(careless_save)) << "said beside it";
}

TEST(Report, ByACommand) {
  EXPECT_EXITPROOF(Scenario{.command = {"/bin/sh", "-c", ": >/tmp/left; /bin/true; rm /tmp/left"},
                            .environment = {"NOTE=beside"},
                            .faults = "signals",
                            .trials = 60});
}

TEST(Report, OfAProgramThatTraces) {
  EXPECT_EXITPROOF(Scenario{.command = {exitproof::testing::subject("uses_ptrace"), "traceme"}});
}

TEST(Report, TheSecondOfTwo) {
  EXPECT_EXITPROOF(writing(careful_save));
  ASSERT_EXITPROOF(writing(careless_save));
  FAIL() << "after an assertion that failed";
}

EXITPROOF_PROPERTY(Report, IsGoneAfterFailure, writing(careless_save))(const Trial& trial) {
  EXPECT_THAT(trial, LeavesNothingBehind());
}

EXITPROOF_PROPERTY(Report, EndsInTime, writing(careful_save))(const Trial& trial) {
  RC_ASSERT(trial.evidence.root_end.has_value());
}

TEST(Report, LeftByOneTrial) {
  EXPECT_THAT(trial(writing(careless_save), "kill@0:rename:1"), LeavesNothingBehind());
}

/// No status but 0 and 1 is known to those who call it.
class KnownStatus : public exitproof::OwnInvariant {
 public:
  std::string name() const override { return "known-status"; }
  exitproof::Opinion judge(const exitproof::Evidence& evidence, const exitproof::Contract&,
                           const exitproof::Baseline&) const override {
    exitproof::Opinion opinion;
    const bool unknown = evidence.root_end && evidence.root_end->is_exit() && evidence.root_end->exit_code() > 1;
    if (unknown) opinion.violations.push_back(exitproof::own_violation("status", "it ended with a status of its own"));
    return opinion;
  }
};

EXITPROOF_SUBJECT(save_with_odd_status) {
  return save(Report::Care::careful) == EXIT_SUCCESS ? EXIT_SUCCESS : 7;
}

TEST(Report, ItsStatusIsKnown) {
  Scenario scenario = writing(save_with_odd_status);
  scenario.invariants = {std::make_shared<KnownStatus>()};
  EXPECT_EXITPROOF(scenario);
}

TEST(ReportDeathTest, EndsItsProcess) {
  EXPECT_EXITPROOF(Scenario{.subject = careful_save, .outputs = {"/tmp/report.json"}, .faults = "kill", .trials = 3});
  EXPECT_DEATH(std::abort(), "");
}

TEST(Report, Misspelt) {
  EXPECT_EXITPROOF(Scenario{.subject = careful_save, .faults = "kil"});
}

TEST(Report, NothingToTry) {
  EXPECT_EXITPROOF(
      Scenario{.subject = careful_save, .outputs = {"/tmp/report.json"}, .faults = "kill", .target = "command=nobody"});
}

}  // namespace
