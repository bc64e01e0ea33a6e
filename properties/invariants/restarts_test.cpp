#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::opinion_of;
using testing::Story;
using testing::three_of;

Story clean() {
  return Story("app").output("/project/out", "x");
}

const Baseline& baseline() {
  static const Baseline value = three_of(clean().next("exit 0", clean()));
  return value;
}

Story killed() {
  return Story("app").fault("kill@0:write:1", {"0"}, Landing::death).ended("0", "SIGKILL");
}

Story locked() {
  Story left = killed().file("/run/app.lock").file("/run/scratch");
  return Story(left).next("exit 1", left);
}

std::string detail_of(const Story& trial) {
  return opinion_of("restarts", trial.evidence, {}, baseline()).violations.at(0).detail;
}

TEST(restarts, alone_flags_a_lock_that_blocks_the_next_run_and_names_it) {
  Story trial = locked();
  trial.evidence.next_run->err.head = "\napp: is already running\nbye\n";
  EXPECT_THAT(found(trial.evidence, {}, baseline()), ElementsAre("restarts /run/app.lock"));
  EXPECT_EQ(detail_of(trial),
            "app (0) was ended by SIGKILL, and the next run fails: it ended with exit 1 instead of exit 0, "
            "saying \"app: is already running\"; /run/app.lock is left and may be in its way");
  const Opinion leftovers = opinion_of("no-leftovers", trial.evidence, {}, baseline());
  EXPECT_THAT(leftovers.violations, IsEmpty());
  ASSERT_EQ(leftovers.notes.size(), 2U);
  EXPECT_EQ(leftovers.notes[0].recovery, Recovery::blocked);
  EXPECT_EQ(opinion_of("restarts", trial.evidence, {}, baseline()).violations[0].recovery, Recovery::blocked);
}

TEST(restarts, names_the_file_itself_where_its_name_is_taken_for_one_that_varies) {
  const Story left = killed().file("/dev/shm/k7lock");
  const Story trial = Story(left).next("exit 1", left);
  EXPECT_THAT(detail_of(trial), HasSubstr("; /dev/shm/k7lock is left and may be in its way"));
}

TEST(restarts, names_the_survivors_that_hold_something_first) {
  Story trial = locked().process("0.1", "worker");
  Survivor survivor;
  survivor.holds = {"port 127.0.0.1:8080"};
  trial.survivor("0.1", survivor);
  EXPECT_THAT(detail_of(trial), HasSubstr("worker (0.1) is still alive and holds port 127.0.0.1:8080"));
}

TEST(restarts, tells_why_the_next_run_could_not_be_made) {
  Story trial = locked();
  trial.evidence.next_run->failure = "it did not become ready within 30s";
  EXPECT_THAT(detail_of(trial), HasSubstr("the next run fails: it did not become ready within 30s"));
  trial.evidence.next_run->failure.clear();
  trial.evidence.next_run->root_end.reset();
  EXPECT_THAT(detail_of(trial), HasSubstr("it did not end"));
}

TEST(restarts, is_asked_after_every_manner_of_death) {
  Story tree = Story("app").fault("kill-tree@quiet:1", {"0"}, Landing::death).ended("0", "SIGKILL");
  EXPECT_THAT(found(tree.next("exit 1", Story()).evidence, {}, baseline()), ElementsAre("restarts app"));
  Story caught = Story("app").fault("SIGTERM@0:write:1", {"0"}, Landing::caught).ended("0", "exit 1");
  EXPECT_THAT(found(caught.next("exit 1", Story()).evidence, {}, baseline()), ElementsAre("restarts app"));
}

TEST(restarts, never_flags_a_next_run_that_works_or_was_not_made) {
  EXPECT_THAT(found(killed().next("exit 0", clean()).evidence, {}, baseline()), IsEmpty());
  EXPECT_THAT(found(killed().evidence, {}, baseline()), IsEmpty());
  EXPECT_THAT(opinion_of("restarts", killed().evidence, {}, baseline()).skipped, IsEmpty());
}

TEST(restarts, never_blames_who_cannot_run_twice) {
  const Story made = Story("mkdir").file("/project/x", FileType::directory);
  const Baseline mkdir = three_of(Story(made).next("exit 1", made));
  EXPECT_THAT(mkdir.known_violations, IsEmpty());
  Story after = Story("mkdir").fault("kill@0:mkdir:1:after", {"0"}, Landing::death).ended("0", "SIGKILL");
  after.file("/project/x", FileType::directory);
  const Opinion opinion = opinion_of("restarts", Story(after).next("exit 1", after).evidence, {}, mkdir);
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.skipped, ElementsAre(AllOf(HasSubstr("only while no output is there"), HasSubstr("--restart"))));
}

TEST(restarts, judges_who_cannot_run_twice_before_its_first_output) {
  const Story made = Story("mkdir").file("/project/x", FileType::directory);
  const Baseline mkdir = three_of(Story(made).next("exit 1", made));
  Story before = Story("mkdir").fault("kill@0:mkdir:1", {"0"}, Landing::death).ended("0", "SIGKILL").file("/run/lock");
  EXPECT_THAT(found(Story(before).next("exit 1", before).evidence, {}, mkdir), ElementsAre("restarts /run/lock"));
  EXPECT_THAT(opinion_of("restarts", Story(before).next("exit 0", made).evidence, {}, mkdir).violations, IsEmpty());
}

Scenario with_restart(std::string command) {
  Scenario scenario = testing::scenario_of();
  scenario.contract.restart = std::move(command);
  return scenario;
}

TEST(restarts, tells_what_another_command_misses_before_what_may_be_in_its_way) {
  const Scenario scenario = with_restart("test -f /project/out");
  const Baseline check = three_of(clean().next("exit 0", clean()), scenario);
  const auto detail = [&](Story trial) {
    return opinion_of("restarts", trial.evidence, scenario.contract, check).violations.at(0).detail;
  };
  EXPECT_THAT(detail(killed().next("exit 1", Story())),
              HasSubstr("; /project/out is missing, which is there after fault-free runs"));
  const Story left = killed().file("/project/out.tmp");
  EXPECT_THAT(detail(Story(left).next("exit 1", left)),
              HasSubstr("fault-free runs, and /project/out.tmp is left and may be in its way"));
}

TEST(restarts, judges_another_command_by_its_own_fault_free_end) {
  const Scenario scenario = with_restart("app --repair");
  const Baseline repair = three_of(clean().next("exit 0", clean()), scenario);
  EXPECT_THAT(found(killed().next("exit 0", clean()).evidence, scenario.contract, repair), IsEmpty());
  EXPECT_THAT(found(killed().next("exit 4", clean()).evidence, scenario.contract, repair),
              ElementsAre("restarts /project/out"));
}

TEST(restarts, says_nothing_by_a_command_that_cannot_be_run) {
  const Scenario scenario = with_restart("repiar");
  const Baseline misspelt = three_of(clean().next("exit 127", clean()), scenario);
  const Opinion opinion =
      opinion_of("restarts", killed().next("exit 127", clean()).evidence, scenario.contract, misspelt);
  EXPECT_THAT(opinion.skipped, ElementsAre(HasSubstr("the --restart command cannot be run")));
}

TEST(restarts, says_nothing_by_a_command_that_fails_without_a_fault_too) {
  const Scenario scenario = with_restart("exit 7");
  const Baseline fails = three_of(clean().next("exit 7", clean()), scenario);
  const Story left = killed().file("/run/scratch");
  const Evidence trial = Story(left).next("exit 7", left).evidence;
  EXPECT_THAT(opinion_of("restarts", trial, scenario.contract, fails).skipped,
              ElementsAre("the --restart command ends with exit 7 after a fault-free run too"));
  const Opinion leftovers = opinion_of("no-leftovers", trial, scenario.contract, fails);
  for (const Violation& violation : leftovers.violations)
    EXPECT_THAT(violation.detail, Not(HasSubstr("next run works")));
  for (const Note& note : leftovers.notes) EXPECT_THAT(note.detail, Not(HasSubstr("next run works")));
  std::vector<Evidence> runs = {clean().next("exit 7", clean()).evidence, clean().next("exit 0", clean()).evidence};
  EXPECT_THAT(opinion_of("restarts", trial, scenario.contract, make_baseline(runs, scenario)).skipped,
              ElementsAre(HasSubstr("ends in different ways")));
}

TEST(restarts, takes_no_failure_for_a_next_run_that_works_where_fault_free_ones_fail_now_and_then) {
  std::vector<Evidence> runs = {clean().next("exit 0", clean()).evidence,
                                clean().ended("0", "exit 1").next("exit 1", clean()).evidence};
  const Baseline either = make_baseline(runs, testing::scenario_of());
  EXPECT_THAT(opinion_of("restarts", killed().next("exit 1", clean()).evidence, {}, either).skipped,
              ElementsAre(HasSubstr("may fail by itself")));
}

TEST(restarts, of_a_server_asks_that_it_waits_again) {
  const Story served = Story("app").stopped();
  const Baseline server = three_of(Story(served).next("exit 0", served));
  EXPECT_THAT(found(killed().next("exit 0", served).evidence, {}, server), IsEmpty());
  EXPECT_THAT(opinion_of("restarts", killed().next("exit 0", Story()).evidence, {}, server).violations.at(0).detail,
              HasSubstr("it ended with exit 0 before it was asked to end"));
  std::vector<Evidence> ends = {Story(served).next("exit 0", served).evidence,
                                Story(served).ended("0", "SIGTERM").next("SIGTERM", served).evidence};
  const Baseline either = make_baseline(ends, testing::scenario_of());
  EXPECT_THAT(found(killed().next("SIGTERM", served).evidence, {}, either), IsEmpty());
}

TEST(restarts, says_that_there_is_nothing_to_compare_with) {
  const Opinion opinion = opinion_of("restarts", locked().evidence, {}, three_of(clean()));
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.skipped, ElementsAre(HasSubstr("no second fault-free run")));
}

}  // namespace
}  // namespace exitproof
