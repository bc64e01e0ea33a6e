#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using testing::clean_baseline;
using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::opinion_of;
using testing::Story;
using testing::three_of;

const std::string whole_content(20'000, 'x');
const std::string_view part = std::string_view(whole_content).substr(0, 4'096);
constexpr const char* path = "/project/out.txt";

Story run() {
  return Story("cp").output(path, whole_content);
}

Story failed(std::string_view content) {
  return Story("cp").output(path, content).fault("ENOSPC@0:write:5", {"0"}, Landing::call).ended("0", "exit 1");
}

Story killed(std::string_view content) {
  return Story("cp").output(path, content).fault("kill@0:write:5", {"0"}, Landing::death).ended("0", "SIGKILL");
}

Opinion said(const Story& trial, const Baseline& baseline, const Contract& contract = {}) {
  return opinion_of("whole-outputs", trial.evidence, contract, baseline);
}

TEST(whole_outputs, alone_flags_a_cut_output_and_names_its_sizes) {
  EXPECT_THAT(found(failed(part).evidence, {}, three_of(run())), ElementsAre("whole-outputs /project/out.txt"));
  EXPECT_EQ(said(failed(part), three_of(run())).violations.at(0).detail,
            "/project/out.txt has 4096 of 20000 bytes after cp (0) ended with exit 1");
}

TEST(whole_outputs, never_flags_a_whole_or_an_absent_one) {
  EXPECT_THAT(found(failed(whole_content).evidence, {}, three_of(run())), IsEmpty());
  Story absent = failed(part);
  absent.evidence.files.clear();
  EXPECT_THAT(found(absent.evidence, {}, three_of(run())), IsEmpty());
  EXPECT_THAT(said(absent.deleted(path), three_of(run())).violations, IsEmpty());
}

TEST(whole_outputs, flags_other_content_another_target_and_another_type) {
  const Baseline baseline =
      three_of(Story().output("/project/a", "one").file("/project/l", FileType::symlink).file("/project/d"));
  Story trial = Story().output("/project/a", "two").file("/project/l", FileType::symlink);
  trial.file("/project/d", FileType::directory).evidence.files[1].digest = "/elsewhere";
  const Opinion opinion = said(trial, baseline);
  ASSERT_EQ(opinion.violations.size(), 3U);
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("/project/a has other content"));
  EXPECT_THAT(opinion.violations[1].detail, HasSubstr("/project/d is a directory and no regular file"));
  EXPECT_THAT(opinion.violations[2].detail, HasSubstr("/project/l points to /elsewhere instead of"));
}

TEST(whole_outputs, asks_of_directories_and_sockets_only_that_they_are_what_they_are) {
  Story trial = Story().file("/project/d", FileType::directory).file("/project/s", FileType::socket);
  const Baseline baseline = three_of(trial);
  trial.evidence.files[0].size = 4096;
  EXPECT_THAT(found(trial.evidence, {}, baseline), IsEmpty());
}

TEST(whole_outputs, never_flags_a_file_of_the_machine_that_is_as_it_was) {
  Story usual = Story().output("/etc/app.conf", "new content", ChangeKind::changed);
  usual.evidence.files[0].size_before = 3;
  EXPECT_THAT(
      found(Story().fault("ENOSPC@0:open:1", {"0"}, Landing::call).ended("0", "exit 1").evidence, {}, three_of(usual)),
      IsEmpty());
  Story only_its_mode = Story().output("/etc/app.conf", "old", ChangeKind::changed);
  only_its_mode.evidence.files[0].size_before = 3;
  EXPECT_THAT(said(only_its_mode, three_of(usual)).violations, IsEmpty());
  Story emptied = Story().output("/etc/app.conf", "", ChangeKind::changed);
  emptied.evidence.files[0].size_before = 3;
  EXPECT_EQ(said(emptied, three_of(usual)).violations.size(), 1U);
}

// A run over one's old output: the file is there before, as long as it will be.
Story rewriting(std::string_view content, std::optional<bool> content_changed) {
  Story run = Story("cp").output(path, content, ChangeKind::changed);
  run.evidence.files.back().size_before = content.size();
  run.evidence.files.back().content_changed = content_changed;
  return run;
}

TEST(whole_outputs, flags_a_broken_output_that_was_there_before_and_is_as_long) {
  const Story broken = rewriting("ab?", true);
  for (const bool old_content_is_other : {false, true}) {
    const Baseline baseline = three_of(rewriting("abc", old_content_is_other));
    EXPECT_THAT(said(broken, baseline).violations.at(0).detail, HasSubstr("/project/out.txt has other content"));
    EXPECT_THAT(said(broken, baseline).skipped, IsEmpty());
    EXPECT_THAT(said(rewriting("abc", false), baseline).violations, IsEmpty());
    EXPECT_THAT(said(rewriting("old", false), baseline).violations, IsEmpty());
  }
}

TEST(whole_outputs, says_what_is_not_on_record_where_nobody_could_compare) {
  const Opinion opinion = said(rewriting("???", std::nullopt), three_of(rewriting("abc", std::nullopt)));
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.skipped,
              ElementsAre("/project/out.txt has as many bytes as before, and whether they are the same "
                          "ones is not on record"));
}

Baseline varying() {
  const std::vector<Evidence> runs = {run().evidence, Story("cp").output(path, "b").evidence,
                                      Story("cp").output(path, "c").evidence};
  return make_baseline(runs, testing::scenario_of());
}

TEST(whole_outputs, says_that_it_cannot_judge_what_varies_and_how_it_could) {
  const Opinion opinion = said(failed(part), varying());
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.skipped,
              ElementsAre("/project/out.txt varies from run to run: --valid '/project/out.txt=COMMAND' "
                          "or --log '/project/out.txt' would tell whether it is whole"));
}

TEST(whole_outputs, judges_what_varies_by_a_validator_or_by_its_last_line) {
  Contract valid;
  valid.validators = {{"*.txt", "test -s \"$1\""}};
  EXPECT_THAT(found(failed(part).validated(path, true).evidence, valid, varying()), IsEmpty());
  EXPECT_THAT(said(failed(part).validated(path, false), varying(), valid).violations.at(0).detail,
              HasSubstr("4096 bytes is not whole, says its validator"));
  Contract log;
  log.logs = {"*.txt"};
  EXPECT_THAT(found(failed("one\ntwo\n").evidence, log, varying()), IsEmpty());
  EXPECT_THAT(found(failed("").evidence, log, varying()), IsEmpty());
  EXPECT_THAT(said(failed("one\ntw"), varying(), log).violations.at(0).detail,
              HasSubstr("has 6 bytes and does not end at a line end"));
}

TEST(whole_outputs, blames_nobody_for_a_validator_that_said_nothing) {
  Contract valid;
  valid.validators = {{"*.txt", "no-such-command"}};
  Story trial = failed(part).validated(path, false);
  trial.evidence.validations.back().failure = "could not be run: sh gave exit 127";
  EXPECT_THAT(said(trial, varying(), valid).violations, IsEmpty());
  EXPECT_THAT(said(trial, varying(), valid).skipped,
              ElementsAre(HasSubstr("out.txt could not be run: sh gave exit 127")));
}

TEST(whole_outputs, puts_validators_and_logs_before_the_content) {
  Contract contract;
  contract.logs = {"*.txt"};
  EXPECT_THAT(found(failed("a prefix\n").evidence, contract, three_of(run())), IsEmpty());
  contract.logs.clear();
  contract.validators = {{"*.txt", "true"}};
  EXPECT_THAT(found(failed(part).validated(path, true).evidence, contract, three_of(run())), IsEmpty());
  EXPECT_THAT(said(failed(part), three_of(run()), contract).violations, IsEmpty()) << "the validator did not run";
}

TEST(whole_outputs, judges_outputs_of_the_contract_that_no_other_run_has) {
  Contract contract;
  contract.outputs = {"/project/run-*"};
  contract.validators = {{"/project/run-*", "true"}};
  Story trial = Story().output("/project/run-1007", "x").validated("/project/run-1007", false).ended("0", "exit 1");
  EXPECT_THAT(found(trial.evidence, contract, clean_baseline()), ElementsAre("whole-outputs /project/run-*"));
}

TEST(whole_outputs, does_not_look_at_what_is_allowed) {
  Contract contract;
  contract.allowed = {"*.txt"};
  EXPECT_THAT(found(failed(part).evidence, contract, three_of(run())), IsEmpty());
}

TEST(whole_outputs, after_a_kill_is_content_when_the_next_run_repairs_it) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  const Opinion opinion = said(killed(part).next("exit 0", run()), baseline);
  EXPECT_THAT(opinion.violations, IsEmpty());
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_EQ(opinion.notes[0].recovery, Recovery::recovered);
  EXPECT_THAT(opinion.notes[0].detail, HasSubstr("recovered: /project/out.txt has 4096 of 20000 bytes"));
}

TEST(whole_outputs, after_a_kill_flags_what_the_next_run_does_not_repair) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  const Opinion opinion = said(killed(part).next("exit 0", killed(part)), baseline);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].recovery, Recovery::leaked);
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("the next run works, and does not repair it"));
}

TEST(whole_outputs, after_a_kill_leaves_a_next_run_that_fails_to_restarts) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  const Opinion opinion = said(killed(part).next("exit 1", killed(part)), baseline);
  EXPECT_THAT(opinion.violations, IsEmpty());
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_EQ(opinion.notes[0].recovery, Recovery::blocked);
}

TEST(whole_outputs, after_a_kill_follows_the_contract) {
  EXPECT_THAT(said(killed(part), three_of(run())).violations.at(0).detail, HasSubstr("recovery was not asked"));
  const Baseline baseline = three_of(run().next("exit 0", run()));
  Contract contract;
  contract.after_kill = AfterKill::forbid;
  EXPECT_EQ(said(killed(part).next("exit 0", run()), baseline, contract).violations.size(), 1U);
  contract.after_kill = AfterKill::allow;
  EXPECT_THAT(said(killed(part).next("exit 0", killed(part)), baseline, contract).violations, IsEmpty());
}

TEST(whole_outputs, after_a_kill_blames_no_program_whose_second_run_differs_by_nature) {
  const Baseline gzip = three_of(run().next("exit 2", run()));
  const Opinion opinion = said(killed(part).next("exit 2", killed(part)), gzip);
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.skipped, ElementsAre(HasSubstr("a second run ends otherwise than the first")));
}

Story worker_killed(std::string_view root_end) {
  Story story("sh");
  story.process("0.1", "gen").fault("kill@0.1:write:1", {"0.1"}, Landing::death).ended("0.1", "SIGKILL");
  return story.output(path, part).ended("0", root_end);
}

TEST(whole_outputs, of_a_root_that_was_not_struck_believes_a_status) {
  EXPECT_THAT(found(worker_killed("exit 1").evidence, {}, three_of(run())), IsEmpty());
  EXPECT_THAT(found(worker_killed("exit 0").evidence, {}, three_of(run())),
              ElementsAre("honest-exit-status /project/out.txt", "whole-outputs /project/out.txt"));
  const Baseline baseline = three_of(run().next("exit 0", run()));
  EXPECT_THAT(found(worker_killed("exit 1").next("exit 0", worker_killed("exit 1")).evidence, {}, baseline),
              ElementsAre("whole-outputs /project/out.txt"))
      << "nobody ever makes it good";
}

// `sh -c './gen; exit $?'`: gen makes the output, or sink does, and the root says by its status that something failed.
Story of_pipeline(std::string_view maker, std::string_view root_end) {
  Story story("sh");
  story.process("0.1", "gen").process("0.2", "sink").output(path, part).ended("0", root_end);
  story.evidence.files[0].maker = ProcessPath::parse(maker);
  return story;
}

TEST(whole_outputs, of_a_struck_process_that_is_not_the_root_are_whole_or_absent) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  for (const std::string_view fault : {"EIO@0.1:write:2", "SIGTERM@0.1:write:2", "short=3@0.1:write:2"}) {
    const bool ends_it = fault.starts_with("SIGTERM");
    Story trial = of_pipeline("0.1", "exit 1");
    trial.fault(fault, {"0.1"}, ends_it ? Landing::death : Landing::call);
    if (ends_it) trial.ended("0.1", "SIGTERM");
    const Opinion opinion = said(trial.next("exit 0", run()), baseline);
    ASSERT_EQ(opinion.violations.size(), 1U) << fault << ": that the next run repairs it excuses no more than SIGKILL";
    EXPECT_EQ(opinion.violations[0].process, ProcessPath::parse("0.1"));
    EXPECT_EQ(opinion.violations[0].detail,
              "/project/out.txt has 4096 of 20000 bytes after sh (0) ended with exit 1; gen (0.1), which makes it, was "
              "struck");
  }
}

TEST(whole_outputs, of_a_killed_process_that_is_not_the_root_may_be_repaired_by_the_next_run) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  Story trial = of_pipeline("0.1", "exit 1");
  trial.fault("kill@0.1:write:2", {"0.1"}, Landing::death).ended("0.1", "SIGKILL");
  EXPECT_THAT(said(Story(trial).next("exit 0", run()), baseline).violations, IsEmpty());
  EXPECT_EQ(said(Story(trial).next("exit 0", killed(part)), baseline).violations.size(), 1U);
  Story lying = of_pipeline("0.1", "exit 0");
  lying.fault("kill@0.1:write:2", {"0.1"}, Landing::death).ended("0.1", "SIGKILL");
  EXPECT_EQ(said(lying.next("exit 0", run()), baseline).violations.size(), 1U) << "status 0";
}

TEST(whole_outputs, of_a_process_that_was_not_struck_are_whole_or_the_status_says_so) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  const auto struck = [](std::string_view root_end) {
    return of_pipeline("0.2", root_end).fault("EIO@0.1:read:2", {"0.1"}, Landing::call);
  };
  EXPECT_EQ(said(struck("exit 0").next("exit 0", run()), baseline).violations.size(), 1U);
  const Opinion owned_up = said(struck("exit 1").next("exit 0", killed(part)), baseline);
  EXPECT_THAT(owned_up.violations, IsEmpty());
  EXPECT_EQ(owned_up.notes.at(0).detail,
            "the status tells of it: /project/out.txt has 4096 of 20000 bytes after sh (0) ended with exit 1");
}

TEST(whole_outputs, do_not_depend_on_the_process_at_whose_call_the_machine_is_struck) {
  const Baseline baseline = three_of(run().next("exit 0", run()));
  for (const char* fault : {"full@0:open:1", "full@0.1:open:1", "full@0.2:open:1", "epipe@0.1:out:1"}) {
    Story trial = of_pipeline("0.2", "exit 1");
    trial.fault(fault, {}, Landing::world).evidence.faults[0].at_thread = ProcessPath::parse("0.1");
    EXPECT_EQ(said(trial.next("exit 0", run()), baseline).violations.size(), 1U) << fault;
  }
  Story persistent = of_pipeline("0.2", "exit 1");
  persistent.fault("ENOSPC+@0.1:write:1", {"0.1"}, Landing::call);
  EXPECT_EQ(said(persistent.next("exit 0", run()), baseline).violations.size(), 1U);
}

TEST(whole_outputs, knows_the_maker_by_the_struck_call_or_by_the_fault_free_runs) {
  Story trial = of_pipeline("0.1", "exit 1");
  trial.evidence.files[0].maker.reset();
  Story at_call = trial;
  at_call.fault("EIO@0.1:write:2", {"0.1"}, Landing::call);
  at_call.evidence.faults[0].at_thread = ProcessPath::parse("0.1");
  at_call.evidence.faults[0].object = path;
  EXPECT_EQ(said(at_call, three_of(run())).violations.size(), 1U);
  Story usual = run();
  usual.evidence.files[0].maker = ProcessPath::parse("0.1");
  trial.fault("SIGTERM@0.1:write:2", {"0.1"}, Landing::death).ended("0.1", "SIGTERM");
  EXPECT_EQ(said(trial, three_of(usual)).violations.size(), 1U);
  EXPECT_THAT(said(trial, three_of(run())).violations, IsEmpty()) << "nobody knows whose it is";
}

TEST(whole_outputs, makes_one_violation_of_a_pattern) {
  const Baseline baseline = three_of(Story().output("/project/part-1001", "x").output("/project/part-1002", "y"));
  const Opinion opinion = said(Story().output("/project/part-1001", "").output("/project/part-1002", ""), baseline);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("and 1 more of that name"));
}

TEST(whole_outputs, never_flags_fault_free_runs) {
  EXPECT_THAT(found(run().evidence, {}, three_of(run())), IsEmpty());
  EXPECT_THAT(three_of(run().next("exit 0", run())).known_violations, IsEmpty());
  EXPECT_THAT(varying().known_violations, IsEmpty());
}

TEST(whole_outputs, blames_no_trial_for_an_output_that_is_never_whole) {
  Scenario scenario = testing::scenario_of();
  scenario.contract.validators = {{"*.txt", "false"}};
  const Baseline baseline = three_of(run().validated(path, false), scenario);
  EXPECT_EQ(baseline.known_violations.size(), 2U);
  const Story trial = run().validated(path, false).fault("SIGTERM@0:write:1", {"0"}, Landing::caught);
  EXPECT_THAT(found(trial.evidence, scenario.contract, baseline), IsEmpty());
}

}  // namespace
}  // namespace exitproof
