#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::opinion_of;
using testing::Story;
using testing::three_of;

Story struck(std::string_view fault = "ENOSPC+@0:write:1") {
  return Story("cp").fault(fault, {"0"}, Landing::call);
}

std::vector<Violation> said(const Story& trial, const Baseline& baseline) {
  return opinion_of("honest-exit-status", trial.evidence, {}, baseline).violations;
}

const Baseline& two_outputs() {
  static const Baseline baseline = three_of(Story("cp").output("/project/a", "aaaa").output("/project/b", "bbbb"));
  return baseline;
}

TEST(honest_exit_status, alone_flags_a_success_without_an_output) {
  EXPECT_THAT(found(struck().output("/project/b", "bbbb").evidence, {}, two_outputs()),
              ElementsAre("honest-exit-status /project/a"));
}

TEST(honest_exit_status, names_all_that_is_missing_or_cut_and_the_struck_call) {
  Story trial = struck().output("/project/b", "bb");
  trial.evidence.faults[0].at_thread = ProcessPath::root();
  trial.evidence.faults[0].call = "write";
  trial.evidence.faults[0].object = "/project/a";
  const auto violations = said(trial, two_outputs());
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].detail,
            "cp (0) exited with 0 although /project/a is missing, /project/b has 2 of 4 bytes; "
            "ENOSPC+@0:write:1 had struck cp (0) in write of /project/a");
}

TEST(honest_exit_status, never_flags_whole_outputs_or_another_status) {
  EXPECT_THAT(found(struck().output("/project/a", "aaaa").output("/project/b", "bbbb").evidence, {}, two_outputs()),
              IsEmpty());
  EXPECT_THAT(said(struck().ended("0", "exit 1"), two_outputs()), IsEmpty());
}

TEST(honest_exit_status, flags_a_success_that_left_another_mode) {
  Story usual = Story("cp").output("/project/a", "aaaa");
  usual.evidence.files.back().mode = 0644;
  Story trial = struck("EPERM@0:chmod:1").output("/project/a", "aaaa");
  trial.evidence.files.back().mode = 0600;
  EXPECT_THAT(said(trial, three_of(usual)).at(0).detail, HasSubstr("/project/a has mode 0600 instead of 0644"));
  EXPECT_THAT(opinion_of("whole-outputs", trial.evidence, {}, three_of(usual)).violations, IsEmpty());
}

TEST(honest_exit_status, says_that_a_varying_stdout_was_not_judged) {
  Baseline baseline = two_outputs();
  baseline.out.reset();
  const Story trial = struck().output("/project/a", "aaaa").output("/project/b", "bbbb");
  EXPECT_THAT(opinion_of("honest-exit-status", trial.evidence, {}, baseline).skipped,
              ElementsAre(HasSubstr("stdout differs from one fault-free run to the next")));
}

TEST(honest_exit_status, asks_nothing_where_fault_free_runs_do_not_succeed) {
  const Baseline baseline = three_of(Story("cp").output("/project/a", "x").ended("0", "exit 1"));
  EXPECT_THAT(said(struck(), baseline), IsEmpty());
}

TEST(honest_exit_status, asks_nothing_of_who_was_ended_by_a_signal_or_waits_and_was_asked_to_stop) {
  EXPECT_THAT(said(struck("kill@0:write:1").ended("0", "SIGKILL"), two_outputs()), IsEmpty());
  EXPECT_THAT(said(struck().stopped(), two_outputs()), IsEmpty());
  const Baseline server = three_of(Story("cp").output("/project/a", "x").stopped());
  Story caught("cp");
  caught.fault("SIGTERM@0:quiet:1", {"0"}, Landing::caught);
  EXPECT_THAT(said(caught, server), IsEmpty());
  EXPECT_EQ(said(struck(), server).size(), 1U) << "nobody asked it to end";
}

TEST(honest_exit_status, is_asked_after_a_signal_that_was_caught) {
  Story caught("cp");
  caught.fault("SIGTERM@0:write:1", {"0"}, Landing::caught);
  EXPECT_EQ(said(caught, two_outputs()).size(), 1U);
}

TEST(honest_exit_status, is_asked_of_the_root_when_a_child_was_killed) {
  Story trial("cp");
  trial.process("0.1", "gen").fault("kill@0.1:write:1", {"0.1"}, Landing::death).ended("0.1", "SIGKILL");
  EXPECT_EQ(said(trial, two_outputs()).size(), 1U);
  EXPECT_THAT(said(trial.output("/project/a", "aaaa").output("/project/b", "bbbb"), two_outputs()), IsEmpty());
}

TEST(honest_exit_status, flags_a_cut_stdout) {
  const Baseline baseline = three_of(Story("cp").out("one\ntwo\nthree\n"));
  EXPECT_THAT(found(struck("epipe@0:out:1").out("one\ntw").evidence, {}, baseline),
              ElementsAre("honest-exit-status stdout"));
  EXPECT_THAT(said(struck().out("one\ntw"), baseline).at(0).detail, HasSubstr("stdout has 6 of 14 bytes"));
  EXPECT_THAT(said(struck().out("one\nthree\nand much more of it\n"), baseline).at(0).detail,
              HasSubstr("stdout lacks lines"));
  EXPECT_THAT(said(struck().out("").ended("0", "exit 1"), baseline), IsEmpty());
}

TEST(honest_exit_status, never_flags_more_lines_or_another_order) {
  const Baseline baseline = three_of(Story("cp").out("one\ntwo\n"));
  EXPECT_THAT(said(struck().out("one\na warning\ntwo\n"), baseline), IsEmpty());
  EXPECT_THAT(said(struck().out("two\none\n"), baseline), IsEmpty());
  EXPECT_EQ(said(struck().out("one\none\n"), baseline).size(), 1U);
}

TEST(honest_exit_status, takes_a_last_line_as_it_is) {
  const Baseline baseline = three_of(Story("cp").out("one\ntwo"));
  EXPECT_THAT(said(struck().out("one\ntwo"), baseline), IsEmpty());
  EXPECT_THAT(said(struck().out("one\ntwo\nmore"), baseline), IsEmpty());
  EXPECT_EQ(said(struck().out("one\ntw"), baseline).size(), 1U);
}

TEST(honest_exit_status, counts_the_bytes_of_a_long_stdout) {
  Story run = Story("cp").out("the head\n");
  run.evidence.out.bytes = 5'000'000;
  const Baseline baseline = three_of(run);
  Story trial = struck().out("the head\n");
  EXPECT_EQ(said(trial, baseline).size(), 1U);
  trial.evidence.out.bytes = 5'000'001;
  EXPECT_THAT(said(trial, baseline), IsEmpty());
}

TEST(honest_exit_status, never_asks_for_a_stdout_that_varies_nor_for_stderr) {
  const std::vector<Evidence> runs = {Story("cp").out("1\n").evidence, Story("cp").out("2\n").evidence};
  EXPECT_THAT(said(struck(), make_baseline(runs, testing::scenario_of())), IsEmpty());
  Story talks("cp");
  talks.evidence.err = {6, "d", "hello\n"};
  EXPECT_THAT(said(struck(), three_of(talks)), IsEmpty());
}

TEST(honest_exit_status, asks_for_a_change_only_where_there_surely_is_one) {
  Story grows = Story("cp").output("/etc/list", "longer", ChangeKind::changed);
  grows.evidence.files[0].size_before = 3;
  EXPECT_THAT(said(struck(), three_of(grows)).at(0).detail, HasSubstr("/etc/list is as it was before"));
  Story touched = Story("cp").output("/etc/list", "same", ChangeKind::changed);
  touched.evidence.files[0].size_before = 4;
  EXPECT_THAT(said(struck(), three_of(touched)), IsEmpty());
  touched.evidence.files[0].content_changed = true;
  EXPECT_THAT(said(struck(), three_of(touched)).at(0).detail, HasSubstr("/etc/list is as it was before"));
}

TEST(honest_exit_status, asks_for_what_is_put_in_the_place_of_an_existing_entry) {
  for (const FileType type : {FileType::symlink, FileType::directory, FileType::fifo}) {
    Story run("ln");
    run.file("/project/cur", type);
    run.evidence.files.back().kind = ChangeKind::changed;
    run.evidence.files.back().content_changed = true;
    const Baseline baseline = three_of(run);
    EXPECT_THAT(said(struck("EIO@0:link:1"), baseline).at(0).detail, HasSubstr("/project/cur is as it was before"));
    EXPECT_THAT(said(struck("EIO@0:link:1").deleted("/project/cur"), baseline).at(0).detail,
                HasSubstr("/project/cur is missing"));
    EXPECT_THAT(said(Story(run).fault("EIO@0:sync:1", {"0"}, Landing::call), baseline), IsEmpty());
  }
}

TEST(honest_exit_status, asks_for_the_mode_that_an_existing_entry_gets) {
  for (const FileType type : {FileType::regular, FileType::directory}) {
    Story run("chmod");
    run.file("/project/key", type);
    run.evidence.files.back().kind = ChangeKind::changed;
    run.evidence.files.back().mode = 0600;
    run.evidence.files.back().content_changed = false;
    run.evidence.files.back().attributes_changed = "mode (0600 instead of 0644)";
    EXPECT_THAT(said(struck("EIO@0:chmod:1"), three_of(run)).at(0).detail,
                HasSubstr("/project/key is as it was before"));
    run.evidence.files.back().attributes_changed = "modification time";
    EXPECT_THAT(said(struck("EIO@0:chmod:1"), three_of(run)), IsEmpty());
  }
}

TEST(honest_exit_status, never_asks_for_a_cache) {
  const Story run = Story("python3").output("/project/__pycache__/m.cpython-311.pyc", "code");
  EXPECT_THAT(said(struck(), three_of(run)), IsEmpty());
}

TEST(honest_exit_status, asks_for_outputs_whose_names_vary) {
  Scenario scenario = testing::scenario_of();
  scenario.contract.outputs = {"/project/run-*"};
  const std::vector<Evidence> runs = {Story("cp").output("/project/run-1001", "a").evidence,
                                      Story("cp").output("/project/run-1002", "b").evidence};
  const Baseline baseline = make_baseline(runs, scenario);
  EXPECT_THAT(said(struck(), baseline).at(0).detail, HasSubstr("no /project/run-* is there"));
  EXPECT_THAT(said(struck().output("/project/run-1003", "c"), baseline), IsEmpty());
}

Story kept(std::string_view status) {
  Story trial = Story("app").fault("EIO@0:unlink:1", {"0"}, Landing::call).ended("0", status);
  trial.evidence.faults.back().object = "/project/old";
  return trial;
}

TEST(honest_exit_status, alone_flags_an_ignored_failure_to_delete) {
  const Baseline deletes = three_of(Story("app").deleted("/project/old"));
  EXPECT_THAT(found(kept("exit 0").evidence, {}, deletes), ElementsAre("honest-exit-status /project/old"));
  EXPECT_THAT(opinion_of("honest-exit-status", kept("exit 0").evidence, {}, deletes).violations.at(0).detail,
              HasSubstr("exited with 0 although /project/old is still there, which fault-free runs delete"));
}

TEST(honest_exit_status, never_flags_a_failure_to_delete_that_is_told_of_made_good_or_allowed) {
  const Baseline deletes = three_of(Story("app").deleted("/project/old"));
  EXPECT_THAT(found(kept("exit 1").evidence, {}, deletes), IsEmpty());
  EXPECT_THAT(found(kept("exit 0").deleted("/project/old").evidence, {}, deletes), IsEmpty());
  EXPECT_THAT(found(kept("exit 0").evidence, {}, three_of(Story("app"))), IsEmpty());
  Contract contract;
  contract.allowed = {"*/old"};
  EXPECT_THAT(found(kept("exit 0").evidence, contract, deletes), IsEmpty());
}

}  // namespace
}  // namespace exitproof
