#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/sh_testing.hpp"
#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using testing::clean_baseline;
using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::opinion_of;
using testing::Story;
using testing::three_of;
using testing::what_sh_reads;

Story terminated() {
  Story run("bash");
  run.process("0.1", "mktemp");
  run.fault("SIGTERM@0.1:open:1:after", {"0"}, Landing::death).ended("0", "SIGTERM");
  return run;
}

Story killed() {
  return Story("sort").fault("kill@0:write:3", {"0"}, Landing::death).ended("0", "SIGKILL");
}

std::string detail_of(const Evidence& evidence, const Contract& contract = {}) {
  return opinion_of("no-leftovers", evidence, contract).violations.at(0).detail;
}

TEST(no_leftovers, alone_flags_a_temporary_file_and_names_who_made_it) {
  Story run = terminated().file("/tmp/tmp.kX81hQ2zDq", FileType::regular, "0.1");
  run.called("0.1:unlink:1", "unlink", "/tmp/tmp.kX81hQ2zDq").called("0.1:open:1", "openat", "/tmp/tmp.kX81hQ2zDq");
  EXPECT_THAT(found(run.evidence), ElementsAre("no-leftovers /tmp/tmp.*"));
  EXPECT_THAT(detail_of(run.evidence), HasSubstr("/tmp/tmp.kX81hQ2zDq (regular file of 0 bytes, "
                                                 "made by mktemp (0.1) in openat) is left after "
                                                 "bash (0) was ended by SIGTERM"));
}

TEST(no_leftovers, names_the_struck_call_of_a_lean_trial) {
  Story run = terminated().file("/tmp/x");
  run.evidence.faults[0].at_thread = ProcessPath::parse("0.1");
  run.evidence.faults[0].call = "openat";
  run.evidence.faults[0].object = "/tmp/x";
  EXPECT_THAT(detail_of(run.evidence), HasSubstr("made by mktemp (0.1) in openat"));
}

TEST(no_leftovers, has_one_signature_however_closely_the_trial_was_traced) {
  const Story lean = terminated().file("/tmp/x");
  const Story rich = terminated().file("/tmp/x", FileType::regular, "0.1");
  const Violation one = opinion_of("no-leftovers", lean.evidence).violations.at(0);
  const Violation other = opinion_of("no-leftovers", rich.evidence).violations.at(0);
  EXPECT_EQ(signature(one, FaultKind::signals), signature(other, FaultKind::signals));
}

TEST(no_leftovers, never_flags_outputs_nor_their_directories) {
  const Story run = Story().file("/project/out", FileType::directory).file("/project/out/a.txt");
  EXPECT_THAT(found(run.evidence, {}, clean_baseline({"/project/out", "/project/out/a.txt"})), IsEmpty());
  Contract contract;
  contract.outputs = {"/tmp/run-*/*.txt"};
  EXPECT_THAT(found(Story().file("/tmp/run-1", FileType::directory).file("/tmp/run-1/a.txt").evidence, contract),
              IsEmpty());
  EXPECT_THAT(found(killed().file("/tmp/run-1", FileType::directory).evidence, contract), IsEmpty());
}

TEST(no_leftovers, flags_an_output_under_another_name) {
  const Story run = killed().file("/project/out.txt.tmp");
  EXPECT_THAT(found(run.evidence, {}, clean_baseline({"/project/out.txt"})),
              ElementsAre("no-leftovers /project/out.txt.tmp"));
}

TEST(no_leftovers, never_flags_what_was_there_before) {
  Story run = killed();
  run.file("/project/log", ChangeKind::changed).file("/etc/passwd", ChangeKind::deleted);
  EXPECT_THAT(opinion_of("no-leftovers", run.evidence).violations, IsEmpty());
}

TEST(no_leftovers, flags_every_type_of_file) {
  Story run = killed();
  run.file("/run/a.sock", FileType::socket)
      .file("/project/pipe", FileType::fifo)
      .file("/project/link", FileType::symlink);
  run.file("shm key 0x1", FileType::shm_segment).file("/q", FileType::posix_queue);
  EXPECT_EQ(found(run.evidence).size(), 5U);
}

TEST(no_leftovers, makes_one_violation_of_a_directory_with_its_content) {
  Story run = killed();
  run.file("/tmp/d", FileType::directory).file("/tmp/d/e", FileType::directory).file("/tmp/d/e/f");
  run.file("/tmp/d.x").file("/tmp/d-1");
  EXPECT_THAT(found(run.evidence),
              ElementsAre("no-leftovers /tmp/d", "no-leftovers /tmp/d-1", "no-leftovers /tmp/d.x"));
  EXPECT_THAT(opinion_of("no-leftovers", run.evidence).violations[0].detail,
              HasSubstr("/tmp/d (directory with 2 entries)"));
}

TEST(no_leftovers, makes_one_violation_of_a_pattern) {
  Story run = killed();
  run.file("/tmp/sortkX81hQ").file("/tmp/sortZq7Bd2").file("/tmp/sortYw3Vx9");
  EXPECT_THAT(found(run.evidence), ElementsAre("no-leftovers /tmp/sort*"));
  EXPECT_THAT(detail_of(run.evidence), HasSubstr("and 2 more of that name are left"));
}

TEST(no_leftovers, never_flags_what_the_contract_allows_with_what_is_in_it) {
  Contract contract;
  contract.allowed = {"/tmp/cache", "*.log"};
  Story run = killed();
  run.file("/tmp/cache", FileType::directory).file("/tmp/cache/a").file("/project/x/y.log");
  run.file("/project/x", FileType::directory);
  EXPECT_THAT(found(run.evidence, contract), IsEmpty());
  EXPECT_THAT(found(run.file("/project/x/z").evidence, contract), ElementsAre("no-leftovers /project/x"));
}

TEST(no_leftovers, matches_a_relative_glob_in_any_directory) {
  Contract contract;
  contract.allowed = {"./cache/*.db", "logs/"};
  Story run = killed();
  run.file("/project/cache/a.db").file("/project/logs", FileType::directory);
  EXPECT_THAT(found(run.evidence, contract), IsEmpty());
}

TEST(no_leftovers, notes_what_the_fault_does_not_let_anybody_remove) {
  const auto refused = [](std::string_view status) {
    Story run = Story("app").fault("EIO+@0:unlink:1", {"0"}, Landing::call).ended("0", status).file("/project/x.tmp");
    run.evidence.faults[0].object = "/project/x.tmp";
    run.evidence.faults[0].refused_removals = {"/project/x.tmp"};
    return run;
  };
  const Opinion told = opinion_of("no-leftovers", refused("exit 1").evidence);
  EXPECT_THAT(told.violations, IsEmpty());
  ASSERT_EQ(told.notes.size(), 1U);
  EXPECT_THAT(told.notes[0].detail, HasSubstr("the fault refused each removal of it, and the status tells of it: "));
  EXPECT_THAT(found(refused("exit 0").evidence), ElementsAre("no-leftovers /project/x.tmp"));
  EXPECT_THAT(found(refused("exit 1").file("/project/y.tmp").evidence), ElementsAre("no-leftovers /project/y.tmp"));
  Story never_tried = refused("exit 1");
  never_tried.evidence.faults[0].refused_removals.clear();
  EXPECT_THAT(found(never_tried.evidence), ElementsAre("no-leftovers /project/x.tmp"));
}

TEST(no_leftovers, asks_for_the_removal_of_all_that_is_in_a_directory) {
  Story run = Story("app").fault("EIO+@0:unlink:1", {"0"}, Landing::call).ended("0", "exit 1");
  run.file("/project/d", FileType::directory).file("/project/d/a").file("/project/d/b");
  run.evidence.faults[0].refused_removals = {"/project/d/a", "/project/d"};
  EXPECT_THAT(found(run.evidence), ElementsAre("no-leftovers /project/d"));
  run.evidence.faults[0].refused_removals = {"/project/d/a", "/project/d/b"};
  EXPECT_THAT(found(run.evidence), IsEmpty());
}

TEST(no_leftovers, after_a_kill_follows_the_contract) {
  const Story run = killed().file("/tmp/sortkX81hQ");
  Contract contract;
  EXPECT_THAT(detail_of(run.evidence, contract), HasSubstr("recovery was not asked"));
  contract.after_kill = AfterKill::forbid;
  EXPECT_THAT(detail_of(run.evidence, contract), Not(HasSubstr("recovery")));
  contract.after_kill = AfterKill::allow;
  EXPECT_THAT(found(run.evidence, contract), IsEmpty());
  EXPECT_EQ(opinion_of("no-leftovers", run.evidence, contract).notes.size(), 1U);
}

Opinion said(const Story& trial, const Contract& contract = {}) {
  const Baseline baseline = three_of(Story("sort").next("exit 0", Story()));
  return opinion_of("no-leftovers", trial.evidence, contract, baseline);
}

TEST(no_leftovers, after_a_kill_is_content_when_the_next_run_removes_it) {
  const Opinion opinion = said(killed().file("/tmp/d", FileType::directory).file("/tmp/d/a").next("exit 0", Story()));
  EXPECT_THAT(opinion.violations, IsEmpty());
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_EQ(opinion.notes[0].recovery, Recovery::recovered);
  EXPECT_THAT(opinion.notes[0].detail, HasSubstr("recovered: /tmp/d (directory with 1 entry"));
}

TEST(no_leftovers, after_a_kill_flags_what_the_next_run_leaves_there) {
  const Story left = killed().file("/tmp/sortkX81hQ").file("/tmp/sortZq7Bd2");
  const Opinion opinion = said(Story(left).next("exit 0", Story().file("/tmp/sortZq7Bd2")));
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].recovery, Recovery::leaked);
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("/tmp/sortZq7Bd2 (regular file of 0 bytes) is left"));
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("the next run works, and it is still there"));
  EXPECT_EQ(opinion.notes.size(), 1U);
}

TEST(no_leftovers, after_a_kill_leaves_a_next_run_that_fails_to_restarts) {
  const Story left = killed().file("/tmp/lock");
  const Opinion opinion = said(Story(left).next("exit 1", left));
  EXPECT_THAT(opinion.violations, IsEmpty());
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_EQ(opinion.notes[0].recovery, Recovery::blocked);
}

TEST(no_leftovers, may_be_forbidden_whatever_the_next_run_does) {
  Contract contract;
  contract.after_kill = AfterKill::forbid;
  const Opinion opinion = said(killed().file("/tmp/x").next("exit 0", Story()), contract);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].recovery, Recovery::recovered);
}

TEST(no_leftovers, after_a_signal_leaves_nothing_to_the_next_run) {
  EXPECT_EQ(said(terminated().file("/tmp/x").next("exit 0", Story())).violations.size(), 1U);
}

TEST(no_leftovers, after_a_signal_allows_nothing_to_the_next_run) {
  Contract contract;
  contract.after_kill = AfterKill::allow;
  EXPECT_THAT(found(terminated().file("/tmp/x").evidence, contract), ElementsAre("no-leftovers /tmp/x"));
}

TEST(no_leftovers, of_a_killed_worker_allows_only_what_may_be_its_own) {
  Contract contract;
  contract.after_kill = AfterKill::allow;
  Story run("gcc");
  run.process("0.1", "cc1").ended("0.1", "SIGKILL").fault("kill@cc1:write:1", {"0.1"}, Landing::death);
  run.file("/tmp/mine", FileType::regular, "0.1").file("/tmp/unknown").file("/tmp/other", FileType::regular, "0");
  EXPECT_THAT(found(run.evidence, contract), ElementsAre("no-leftovers /tmp/other"));
}

TEST(no_leftovers, never_flags_what_a_permitted_survivor_keeps) {
  Contract contract;
  contract.outlives = {"agent"};
  Story run("sh");
  run.process("0.1", "agent").survivor("0.1").file("/run/agent.pid", FileType::regular, "0.1");
  EXPECT_THAT(found(run.evidence, contract), IsEmpty());
  EXPECT_THAT(found(run.evidence), ElementsAre("no-leftovers /run/agent.pid", "no-orphans agent"));
}

TEST(no_leftovers, blames_nobody_for_names_that_differ_in_clean_runs_too) {
  const auto run = [](const std::string& object) {
    return Story().file("/project/objects/" + object, FileType::directory).evidence;
  };
  const std::vector<Evidence> runs = {run("8c"), run("5f"), run("5f")};
  const Baseline baseline = make_baseline(runs, testing::scenario_of());
  const Opinion alike =
      opinion_of("no-leftovers", killed().file("/project/objects/4e", FileType::directory).evidence, {}, baseline);
  EXPECT_THAT(alike.violations, IsEmpty());
  ASSERT_EQ(alike.skipped.size(), 1U);
  EXPECT_THAT(alike.skipped.front(), HasSubstr("--output '/project/objects/**'"));
  const Opinion clean = opinion_of("no-leftovers", runs.front(), {}, baseline);
  EXPECT_THAT(clean.violations, IsEmpty());
  EXPECT_THAT(clean.notes.at(0).detail, HasSubstr("cannot be told whether they are there to be made"));
  EXPECT_EQ(
      opinion_of("no-leftovers", killed().file("/project/objects/4e.part").evidence, {}, baseline).violations.size(),
      1U);
  EXPECT_EQ(opinion_of("no-leftovers", killed().file("/project/4e", FileType::directory).evidence, {}, baseline)
                .violations.size(),
            1U);
}

TEST(no_leftovers, proposes_how_to_accept_what_a_clean_run_leaves) {
  const std::string detail = detail_of(Story().file("/srv/reports/run-20240131.txt").evidence);
  EXPECT_THAT(detail, HasSubstr("--output '/srv/reports/**'"));
  EXPECT_THAT(detail, HasSubstr("--allow '/srv/reports/run-*.txt'"));
  EXPECT_THAT(detail_of(Story().file("/srv/d", FileType::directory).file("/srv/d/a").evidence),
              HasSubstr("--output '/srv/d/**'"));
  Baseline baseline = clean_baseline();
  baseline.temporary_places = {"/tmp"};
  EXPECT_THAT(opinion_of("no-leftovers", Story().file("/tmp/app-4711").evidence, {}, baseline).violations.at(0).detail,
              HasSubstr("--output '/tmp/app-*'"));
  EXPECT_THAT(detail_of(killed().file("/srv/reports/run-20240131.txt").evidence), Not(HasSubstr("--allow")));
}

TEST(no_leftovers, proposes_what_accepts_the_file_whatever_its_name) {
  for (const char* path : {"/srv/it's *new* [a] report?.txt", "/srv/a\\b/'/run-4711 *.log", "/srv/plain"}) {
    const Evidence evidence = Story().file(path).evidence;
    const std::string detail = detail_of(evidence);
    const std::size_t output = detail.find("--output ");
    const std::size_t end = detail.find(", if it may stay: --allow ");
    ASSERT_NE(end, std::string::npos) << detail;
    Contract makes;
    makes.outputs = {what_sh_reads(detail.substr(output + 9, end - output - 9))};
    EXPECT_THAT(found(evidence, makes), IsEmpty()) << makes.outputs[0];
    Contract allows;
    allows.allowed = {what_sh_reads(detail.substr(end + 26))};
    EXPECT_THAT(found(evidence, allows), IsEmpty()) << allows.allowed[0];
  }
}

TEST(no_leftovers, is_skipped_when_the_outputs_are_unknown_or_nothing_ended) {
  const Story run = killed().file("/tmp/x");
  Baseline cut = clean_baseline();
  cut.ended = false;
  EXPECT_THAT(opinion_of("no-leftovers", run.evidence, {}, cut).violations, IsEmpty());
  EXPECT_THAT(opinion_of("no-leftovers", run.evidence, {}, cut).skipped, ElementsAre(HasSubstr("were cut")));
  EXPECT_THAT(opinion_of("no-leftovers", run.evidence, {}, Baseline{}).skipped,
              ElementsAre(HasSubstr("no fault-free")));
  EXPECT_THAT(found(Story("app").file("/tmp/x").hung("SIGTERM of 0").evidence), ElementsAre("no-hang app"));
}

}  // namespace
}  // namespace exitproof
