#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::opinion_of;
using testing::Story;

/// Python's Pool whose root is killed at a quiet moment; 0.1 is busy, 0.2 is idle.
Story killed_pool() {
  Story run("python3");
  run.process("0.1", "python3").process("0.2", "python3");
  run.ended("0", "SIGKILL").fault("kill@0:quiet:1", {"0"}, Landing::death);
  return run;
}

TEST(no_orphans, alone_flags_a_busy_worker_of_a_killed_pool) {
  Story run = killed_pool().survivor("0.1").transient("0.2", milliseconds(3));
  EXPECT_THAT(found(run.evidence), ElementsAre("no-orphans python3"));
  const Opinion opinion = opinion_of("no-orphans", run.evidence);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].process, ProcessPath::parse("0.1"));
  EXPECT_EQ(opinion.violations[0].manner, Manner::sigkill);
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_EQ(opinion.notes[0].process, ProcessPath::parse("0.2"));
  EXPECT_THAT(opinion.notes[0].detail, HasSubstr("transient: python3 (0.2) ended 3.0 ms after the root"));
}

TEST(no_orphans, never_flags_who_ends_within_the_grace) {
  Story run = killed_pool().transient("0.1", milliseconds(2)).transient("0.2", milliseconds(1900));
  EXPECT_THAT(found(run.evidence), IsEmpty());
  EXPECT_EQ(opinion_of("no-orphans", run.evidence).notes.size(), 1U);
}

TEST(no_orphans, never_flags_a_run_without_survivors) {
  EXPECT_THAT(found(Story().evidence), IsEmpty());
  EXPECT_THAT(found(killed_pool().evidence), IsEmpty());
}

TEST(no_orphans, flags_them_in_a_fault_free_run_too) {
  EXPECT_THAT(found(Story("sh").process("0.1", "sleep").survivor("0.1").evidence), ElementsAre("no-orphans sleep"));
}

TEST(no_orphans, says_what_an_orphan_holds_and_waits_for) {
  Survivor worker;
  worker.blocked = {{ProcessPath::parse("0.1"), "nginx", "epoll_wait", "", false, true}};
  worker.holds = {"port 127.0.0.1:8080", "lock /run/a.lock"};
  const Story run = killed_pool().survivor("0.1", worker);
  const Opinion opinion = opinion_of("no-orphans", run.evidence);
  ASSERT_EQ(opinion.violations.size(), 1U);
  const std::string& detail = opinion.violations[0].detail;
  EXPECT_THAT(detail, HasSubstr("python3 (0) was ended by SIGKILL"));
  EXPECT_THAT(detail, HasSubstr("waits in epoll_wait"));
  EXPECT_THAT(detail, HasSubstr("holds port 127.0.0.1:8080, lock /run/a.lock"));
}

TEST(no_orphans, says_once_that_an_orphan_is_stopped) {
  Survivor worker;
  worker.stopped = true;
  worker.blocked = {{ProcessPath::parse("0.1"), "nginx", std::string(BlockedTask::stopped), "", false, false}};
  for (const bool known : {true, false}) {
    if (!known) worker.blocked.clear();
    const Opinion opinion = opinion_of("no-orphans", killed_pool().survivor("0.1", worker).evidence);
    EXPECT_THAT(opinion.violations.at(0).detail, HasSubstr("; it is stopped by job control"));
    EXPECT_THAT(opinion.violations.at(0).detail, Not(HasSubstr("waits")));
  }
}

TEST(no_orphans, makes_one_violation_of_a_command) {
  Story run = killed_pool();
  run.process("0.3", "redis-server").survivor("0.2").survivor("0.1").survivor("0.3");
  EXPECT_THAT(found(run.evidence), ElementsAre("no-orphans python3", "no-orphans redis-server"));
}

TEST(no_orphans, never_flags_who_may_outlive_the_root_nor_its_children) {
  Contract contract;
  contract.outlives = {"sshd"};
  Story run("sh");
  run.process("0.1", "sshd").process("0.1.1", "bash").survivor("0.1").survivor("0.1.1");
  EXPECT_THAT(found(run.evidence, contract), IsEmpty());
  EXPECT_THAT(found(run.process("0.2", "sleep").survivor("0.2").evidence, contract), ElementsAre("no-orphans sleep"));
}

TEST(no_orphans, flags_the_child_of_a_permitted_process_that_is_gone) {
  Contract contract;
  contract.outlives = {"sshd"};
  Story run("sh");
  run.process("0.1", "sshd").process("0.1.1", "bash").transient("0.1", milliseconds(5)).survivor("0.1.1");
  EXPECT_THAT(found(run.evidence, contract), ElementsAre("no-orphans bash"));
}

TEST(no_orphans, asks_the_root_when_another_was_killed) {
  Story run("sh");
  run.process("0.1", "worker").process("0.2", "sleep").survivor("0.2");
  run.ended("0.1", "SIGKILL").fault("kill@0.1:write:1", {"0.1"}, Landing::death);
  const Opinion opinion = opinion_of("no-orphans", run.evidence);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].manner, Manner::normal);
}

TEST(no_orphans, asks_the_children_of_a_killed_process_by_its_manner) {
  Story run("sh");
  run.process("0.1", "sh").process("0.1.1", "sleep").survivor("0.1.1");
  run.ended("0.1", "SIGKILL").fault("kill@0.1:write:1", {"0.1"}, Landing::death);
  const Opinion opinion = opinion_of("no-orphans", run.evidence);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].manner, Manner::sigkill);
}

TEST(no_orphans, does_not_ask_a_killed_tree) {
  Story run("sh");
  run.process("0.1", "sleep").survivor("0.1");
  run.fault("kill-tree@quiet:1", {"0", "0.1"}, Landing::death).ended("0", "SIGKILL");
  EXPECT_THAT(found(run.evidence), IsEmpty());
}

TEST(no_orphans, is_skipped_when_the_subject_was_cut_or_hangs) {
  Story cut("sh");
  cut.process("0.1", "sleep").survivor("0.1").cut();
  EXPECT_THAT(opinion_of("no-orphans", cut.evidence).violations, IsEmpty());
  EXPECT_THAT(opinion_of("no-orphans", cut.evidence).skipped, ElementsAre(HasSubstr("cut")));
  Story hung("sh");
  hung.process("0.1", "sleep").survivor("0.1").hung("SIGTERM of 0");
  EXPECT_THAT(found(hung.evidence), ElementsAre("no-hang sh"));
}

TEST(no_orphans, never_blames_a_process_that_the_plan_holds) {
  Story run("sh");
  run.process("0.1", "sleep").survivor("0.1").fault("pause@0.1:write:1", {}, Landing::held);
  run.evidence.faults[0].at_thread = ProcessPath::parse("0.1");
  EXPECT_THAT(found(run.evidence), IsEmpty());
  EXPECT_THAT(opinion_of("no-orphans", run.evidence).skipped, ElementsAre(HasSubstr("sleep (0.1) was held")));
}

TEST(no_orphans, blames_a_process_whose_pause_was_over_before_the_root_ended) {
  Story run("sh");
  run.process("0.1", "sleep").survivor("0.1").fault("pause=200ms@0.1:write:1", {"0.1"}, Landing::held);
  run.evidence.faults[0].at = milliseconds(100);
  EXPECT_THAT(found(run.evidence), ElementsAre("no-orphans sleep"));
}

}  // namespace
}  // namespace exitproof
