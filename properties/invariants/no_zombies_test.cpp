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
using testing::opinion_of;
using testing::Story;

Contract strict_zombies() {
  Contract contract;
  contract.zombie = Millis{0};
  return contract;
}

Story parent_and_child() {
  Story run("parent");
  run.process("0.1", "child");
  return run;
}

TEST(no_zombies, alone_flags_a_parent_that_never_waits) {
  const Story run = parent_and_child().zombie_at_end("0.1", seconds(2));
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
  const Opinion opinion = opinion_of("no-zombies", run.evidence);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_EQ(opinion.violations[0].process, ProcessPath::root());
  EXPECT_EQ(opinion.violations[0].command, "parent");
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("its child child (0.1)"));
  EXPECT_THAT(opinion.violations[0].detail, HasSubstr("ended without doing so"));
}

TEST(no_zombies, begins_at_the_contracts_duration) {
  EXPECT_THAT(found(parent_and_child().zombie_at_end("0.1", milliseconds(299)).evidence), IsEmpty());
  EXPECT_THAT(found(parent_and_child().zombie_at_end("0.1", milliseconds(300)).evidence),
              ElementsAre("no-zombies child"));
  EXPECT_THAT(found(parent_and_child().zombie("0.1", milliseconds(300)).evidence), ElementsAre("no-zombies child"));
  Contract contract;
  contract.zombie = seconds(5);
  EXPECT_THAT(found(parent_and_child().zombie("0.1", seconds(4)).evidence, contract), IsEmpty());
}

TEST(no_zombies, never_flags_a_child_that_is_reaped_after_all) {
  const Story run = parent_and_child().late_reap("0.1", seconds(3));
  EXPECT_THAT(found(run.evidence), IsEmpty());
  const Opinion opinion = opinion_of("no-zombies", run.evidence);
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_THAT(opinion.notes[0].detail, HasSubstr("transient"));
}

TEST(no_zombies, never_mentions_a_child_that_is_reaped_in_time) {
  const Opinion opinion = opinion_of("no-zombies", parent_and_child().late_reap("0.1", milliseconds(20)).evidence);
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.notes, IsEmpty());
}

TEST(no_zombies, makes_one_note_of_many_late_reaped_children) {
  Story run("sort");
  for (int i = 1; i <= 16; ++i) {
    const std::string path = "0." + std::to_string(i);
    run.process(path, "gzip").late_reap(path, milliseconds(300 + i));
  }
  const Opinion opinion = opinion_of("no-zombies", run.evidence);
  EXPECT_THAT(opinion.violations, IsEmpty());
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_THAT(opinion.notes[0].detail, HasSubstr("16 children gzip (0.1, 0.2, 0.3 and 13 more)"));
}

TEST(no_zombies, never_flags_a_child_that_the_kernel_reaps_for_an_ignored_signal) {
  Story run = parent_and_child().zombie("0.1", seconds(1)).reaping("0.1", Reaping::ignored);
  EXPECT_THAT(found(run.evidence), IsEmpty());
}

TEST(no_zombies, does_not_count_the_reaping_by_init) {
  Story run = parent_and_child().zombie_at_end("0.1", seconds(1));
  run.evidence.zombies[0].reaped_after = seconds(1);
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
}

TEST(no_zombies, asks_a_parent_for_its_own_life_though_another_reaped_the_child_later) {
  Story run("init");
  run.process("0.1", "maker").process("0.1.1", "child").zombie_at_end("0.1.1", seconds(1));
  run.reaping("0.1.1", Reaping::by_parent);
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
}

TEST(no_zombies, of_zero_asks_that_every_child_is_reaped_before_its_parent_ends) {
  EXPECT_THAT(found(parent_and_child().zombie_at_end("0.1", Micros{1}).evidence, strict_zombies()),
              ElementsAre("no-zombies child"));
  EXPECT_THAT(found(parent_and_child().late_reap("0.1", seconds(9)).evidence, strict_zombies()), IsEmpty());
  EXPECT_THAT(found(parent_and_child().evidence, strict_zombies()), IsEmpty());
}

TEST(no_zombies, does_not_ask_a_parent_that_was_killed_or_ended_by_a_default_action) {
  Story killed = parent_and_child().zombie_at_end("0.1", seconds(1));
  killed.fault("kill@0:write:1", {"0"}, Landing::death).ended("0", "SIGKILL");
  EXPECT_THAT(found(killed.evidence), IsEmpty());
  Story terminated = parent_and_child().zombie_at_end("0.1", seconds(1));
  terminated.fault("SIGTERM@0:write:1", {"0"}, Landing::death).ended("0", "SIGTERM");
  EXPECT_THAT(found(terminated.evidence), IsEmpty());
  EXPECT_THAT(found(terminated.evidence, strict_zombies()), IsEmpty());
}

TEST(no_zombies, does_not_ask_a_parent_that_another_of_the_subject_killed) {
  Story run("python3");
  run.process("0.1", "python3").process("0.1.1", "true");
  run.ended("0.1", "SIGKILL").zombie_at_end("0.1.1", seconds(1));
  EXPECT_THAT(found(run.evidence), IsEmpty());
}

TEST(no_zombies, asks_a_parent_with_a_handler) {
  Story run = parent_and_child().zombie_at_end("0.1", seconds(1));
  run.fault("SIGTERM@0:write:1", {"0"}, Landing::caught).ended("0", "SIGTERM");
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
}

TEST(no_zombies, asks_the_root_for_a_worker_that_was_killed) {
  Story run = parent_and_child().ended("0.1", "SIGKILL").zombie_at_end("0.1", seconds(1));
  run.fault("kill@0.1:write:1", {"0.1"}, Landing::death);
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
}

TEST(no_zombies, asks_a_server_that_ends_by_the_stop) {
  Story run = parent_and_child().zombie_at_end("0.1", seconds(8)).stopped().ended("0", "SIGTERM");
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
  EXPECT_THAT(found(run.evidence, strict_zombies()), IsEmpty());
}

TEST(no_zombies, never_blames_a_parent_that_the_plan_holds) {
  Story held = parent_and_child().zombie_at_end("0.1", seconds(1));
  held.fault("pause@0:write:1", {"0"}, Landing::held);
  EXPECT_THAT(found(held.evidence), IsEmpty());
  Story paused = parent_and_child().zombie_at_end("0.1", seconds(1));
  paused.fault("pause=800ms@0:write:1", {"0"}, Landing::held);
  EXPECT_THAT(found(paused.evidence), IsEmpty());
}

TEST(no_zombies, names_every_parent_of_children_that_are_told_together) {
  Story run("sh");
  for (const char* parent : {"0.1", "0.2"}) run.process(parent, "pool");
  for (const char* child : {"0.1.1", "0.1.2", "0.2.1"}) run.process(child, "job").zombie_at_end(child, seconds(1));
  const Opinion opinion = opinion_of("no-zombies", run.evidence);
  ASSERT_EQ(opinion.violations.size(), 1U);
  EXPECT_THAT(opinion.violations[0].detail,
              HasSubstr("2 processes pool (0.1, 0.2) had 3 children job (0.1.1, 0.1.2, 0.2.1) to reap"));
}

TEST(no_zombies, judges_the_time_that_a_parent_was_not_held) {
  // The child, which died at 1 s, was unreaped for a second; an untimed pause held the parent for a part of it.
  const auto held_for = [](Micros lasted, const Contract& contract = {}) {
    Story run = parent_and_child().zombie_at_end("0.1", seconds(1));
    run.fault("pause@0:write:1", {"0"}, Landing::held);
    run.evidence.faults[0].at = milliseconds(500);
    run.evidence.faults[0].hold = Hold{lasted};
    return found(run.evidence, contract);
  };
  EXPECT_THAT(held_for(milliseconds(900)), ElementsAre("no-zombies child"));
  EXPECT_THAT(held_for(milliseconds(1'400)), IsEmpty());
  EXPECT_THAT(held_for(milliseconds(1'400), strict_zombies()), ElementsAre("no-zombies child"));
}

TEST(no_zombies, blames_no_orphan_and_no_hanging_parent_twice) {
  Story orphan("sh");
  orphan.process("0.1", "worker").process("0.1.1", "true").survivor("0.1").zombie("0.1.1", seconds(2));
  EXPECT_THAT(found(orphan.evidence), ElementsAre("no-orphans worker"));
  Story hung = parent_and_child().zombie("0.1", seconds(20)).hung("kill of 0.1");
  EXPECT_THAT(found(hung.evidence), ElementsAre("no-hang parent"));
}

TEST(no_zombies, flags_a_child_beside_a_parent_that_never_ends) {
  const auto polling = [](Micros unreaped_for) {
    Story run = parent_and_child().fault("EMFILE@0.1:open:1", {"0.1"}, Landing::call).zombie("0.1", unreaped_for);
    run.hung("EMFILE@0.1:open:1");
    run.evidence.hang->by_timer = true;
    run.evidence.end_was_asked = false;
    return run;
  };
  const Story run = polling(seconds(20));
  EXPECT_THAT(found(run.evidence), ElementsAre("no-zombies child"));
  EXPECT_EQ(judge(run.evidence, {}, testing::clean_baseline()).verdict, Verdict::violated);
  EXPECT_THAT(found(polling(seconds(2)).evidence), IsEmpty()) << "it may be reaped at the next look";
}

TEST(no_zombies, is_skipped_when_the_run_was_cut) {
  const Story run = parent_and_child().zombie("0.1", seconds(2)).cut();
  EXPECT_THAT(opinion_of("no-zombies", run.evidence).violations, IsEmpty());
  EXPECT_EQ(opinion_of("no-zombies", run.evidence).skipped.size(), 1U);
}

}  // namespace
}  // namespace exitproof
