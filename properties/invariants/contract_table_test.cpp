#include "properties/invariants/contract_table.hpp"

#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using std::chrono::milliseconds;
using testing::Story;

Manner root_manner(const Story& run) {
  return manner_of(run.evidence, ProcessPath::root());
}

TEST(contract_table, a_kill_asks_for_the_descendants_and_leaves_the_rest_to_the_next_run) {
  EXPECT_EQ(asked(Duty::children_reaped, Manner::sigkill), Asked::no);
  EXPECT_EQ(asked(Duty::descendants_gone, Manner::sigkill), Asked::yes);
  EXPECT_EQ(asked(Duty::nothing_left, Manner::sigkill), Asked::or_reclaimed);
  EXPECT_EQ(asked(Duty::terminal_restored, Manner::sigkill), Asked::no);
}

TEST(contract_table, a_killed_tree_is_asked_for_leftovers_outputs_and_the_next_run_only) {
  EXPECT_EQ(asked(Duty::nothing_left, Manner::sigkill_tree), Asked::or_reclaimed);
  EXPECT_EQ(asked(Duty::outputs_whole, Manner::sigkill_tree), Asked::or_reclaimed);
  EXPECT_EQ(asked(Duty::next_run_works, Manner::sigkill_tree), Asked::yes);
  for (const Duty duty : {Duty::children_reaped, Duty::descendants_gone, Duty::bounded_end, Duty::terminal_restored,
                          Duty::honest_status, Duty::own_files_only, Duty::handlers_once}) {
    EXPECT_EQ(asked(duty, Manner::sigkill_tree), Asked::no);
  }
}

TEST(contract_table, a_handler_of_its_own_is_asked_for_everything) {
  for (std::size_t duty = 0; duty < duty_count; ++duty) {
    EXPECT_EQ(asked(static_cast<Duty>(duty), Manner::caught_signal), Asked::yes);
    EXPECT_EQ(asked(static_cast<Duty>(duty), Manner::normal), Asked::yes);
  }
}

TEST(contract_table, a_status_is_asked_only_of_who_could_choose_it) {
  EXPECT_EQ(asked(Duty::honest_status, Manner::default_signal), Asked::no);
  EXPECT_EQ(asked(Duty::honest_status, Manner::sigkill), Asked::no);
}

TEST(contract_table, asks_for_exit_handlers_up_to_a_kill) {
  EXPECT_EQ(asked(Duty::handlers_once, Manner::default_signal), Asked::yes);
  EXPECT_EQ(asked(Duty::handlers_once, Manner::sigkill), Asked::at_most_once);
}

TEST(struck_while_ending, is_about_a_signal_after_a_caught_one_or_after_the_stop) {
  Story once = Story().fault("SIGTERM@0:write:1", {"0"}, Landing::death).ended("0", "SIGTERM");
  EXPECT_FALSE(struck_while_ending(once.evidence, ProcessPath::root()));
  EXPECT_TRUE(struck_while_ending(Story(once).stopped().evidence, ProcessPath::root()));
  Story twice = Story().fault("ctrl-c@0:write:1", {"0"}, Landing::caught);
  EXPECT_FALSE(struck_while_ending(twice.evidence, ProcessPath::root()));
  twice.fault("ctrl-c@0:write:2", {"0"}, Landing::death).ended("0", "SIGINT");
  EXPECT_TRUE(struck_while_ending(twice.evidence, ProcessPath::root()));
}

TEST(only_others_struck, is_about_faults_that_fired) {
  Story run;
  run.process("0.1", "worker");
  EXPECT_FALSE(only_others_struck(run.evidence));
  EXPECT_TRUE(only_others_struck(Story(run).fault("kill@0.1:write:1", {"0.1"}, Landing::death).evidence));
  EXPECT_FALSE(only_others_struck(Story(run).fault("kill-tree@quiet:1", {"0", "0.1"}, Landing::death).evidence));
  Story full = Story(run).fault("full@0.1:write:1", {}, Landing::world);
  full.evidence.faults[0].at_thread = ProcessPath::parse("0.1");
  EXPECT_TRUE(only_others_struck(full.evidence));
  full.evidence.faults[0].at_thread = ProcessPath::root();
  EXPECT_FALSE(only_others_struck(full.evidence));
}

TEST(manner, is_normal_when_nothing_was_struck) {
  EXPECT_EQ(root_manner(Story()), Manner::normal);
  EXPECT_EQ(root_manner(Story().ended("0", "exit 3")), Manner::normal);
}

TEST(manner, follows_the_landing_of_a_signal) {
  EXPECT_EQ(root_manner(Story().fault("SIGTERM@0:write:1", {"0"}, Landing::caught)), Manner::caught_signal);
  EXPECT_EQ(root_manner(Story().fault("SIGTERM@0:write:1", {"0"}, Landing::ignored)), Manner::normal);
  EXPECT_EQ(root_manner(Story().fault("ctrl-c@quiet:1", {"0"}, Landing::input)), Manner::normal);
  EXPECT_EQ(root_manner(Story().fault("SIGTERM@0:write:1", {"0"}, Landing::death).ended("0", "SIGTERM")),
            Manner::default_signal);
}

TEST(manner, of_a_blocked_signal_is_told_by_the_end) {
  EXPECT_EQ(root_manner(Story().fault("SIGTERM@0:write:1", {"0"}, Landing::pending)), Manner::caught_signal);
  EXPECT_EQ(root_manner(Story().fault("SIGTERM@0:write:1", {"0"}, Landing::pending).ended("0", "SIGTERM")),
            Manner::default_signal);
}

TEST(manner, of_a_signal_by_default_needs_an_end_by_a_signal) {
  const Story died = Story().fault("SIGTERM@0:write:1", {"0"}, Landing::death);
  EXPECT_EQ(root_manner(Story(died).ended("0", "exit 0")), Manner::caught_signal);
  EXPECT_EQ(root_manner(Story(died).alive("0")), Manner::caught_signal);
}

TEST(manner, is_a_caught_signal_when_the_handler_raises_it_again) {
  EXPECT_EQ(root_manner(Story("bash").fault("ctrl-c@quiet:1", {"0"}, Landing::caught).ended("0", "SIGINT")),
            Manner::caught_signal);
}

TEST(manner, of_the_others_in_the_foreground_group_is_told_by_their_ends) {
  Story run("bash");
  run.process("0.1", "sleep").ended("0.1", "SIGINT").fault("ctrl-c@quiet:1", {"0", "0.1"}, Landing::caught);
  EXPECT_EQ(manner_of(run.evidence, ProcessPath::parse("0.1")), Manner::default_signal);
  EXPECT_EQ(root_manner(run), Manner::caught_signal);
}

TEST(manner, of_a_kill) {
  EXPECT_EQ(root_manner(Story().fault("kill@0:write:1", {"0"}, Landing::death).ended("0", "SIGKILL")), Manner::sigkill);
  EXPECT_EQ(root_manner(Story().fault("kill-tree@quiet:1", {"0"}, Landing::death).ended("0", "SIGKILL")),
            Manner::sigkill_tree);
}

TEST(manner, of_the_root_is_normal_when_another_was_killed) {
  Story run;
  run.process("0.1", "worker").ended("0.1", "SIGKILL").fault("kill@0.1:write:1", {"0.1"}, Landing::death);
  EXPECT_EQ(root_manner(run), Manner::normal);
  EXPECT_EQ(manner_of(run.evidence, ProcessPath::parse("0.1")), Manner::sigkill);
}

TEST(manner, after_an_exception_is_that_of_the_end) {
  EXPECT_EQ(root_manner(Story().fault("throw@0:probe=save:1", {"0"}, Landing::thrown).ended("0", "exit 1")),
            Manner::normal);
  EXPECT_EQ(root_manner(Story().fault("bad-alloc@0:new:1", {"0"}, Landing::thrown).ended("0", "SIGABRT")),
            Manner::default_signal);
  Story python = Story().fault("raise=KeyboardInterrupt@0:line=app:1", {"0"}, Landing::thrown).ended("0", "SIGINT");
  EXPECT_EQ(root_manner(python), Manner::default_signal);
  python.evidence.faults[0].at_thread = ProcessPath::root();
  EXPECT_EQ(root_manner(python), Manner::normal);
}

TEST(manner, of_a_process_that_another_of_the_subject_killed_is_told_by_its_end) {
  EXPECT_EQ(root_manner(Story().ended("0", "SIGKILL")), Manner::sigkill);
  EXPECT_EQ(root_manner(Story().ended("0", "SIGABRT")), Manner::default_signal);
}

TEST(manner, of_two_faults_is_the_harder_one) {
  Story run;
  run.fault("SIGTERM@0:write:1", {"0"}, Landing::caught).fault("kill@0:write:2", {"0"}, Landing::death);
  EXPECT_EQ(root_manner(run.ended("0", "SIGKILL")), Manner::sigkill);
}

TEST(manner, of_the_maker_is_that_of_the_nearest_ancestor_struck_down) {
  Story run;
  run.process("0.1", "sh").process("0.1.1", "worker").process("0.2", "worker");
  run.ended("0.1", "SIGKILL").fault("kill@0.1:write:1", {"0.1"}, Landing::death);
  EXPECT_EQ(manner_of_maker(run.evidence, ProcessPath::parse("0.1.1")), Manner::sigkill);
  EXPECT_EQ(manner_of_maker(run.evidence, ProcessPath::parse("0.2")), Manner::normal);
}

TEST(held_by_plan, adds_the_pauses_of_that_process) {
  Story run;
  run.process("0.1", "worker").fault("pause=200ms@0:write:1", {"0"}, Landing::held);
  EXPECT_EQ(held_by_plan(run.evidence, ProcessPath::root()), milliseconds(200));
  EXPECT_EQ(held_by_plan(run.evidence, ProcessPath::parse("0.1")), Micros{0});
  run.fault("pause@0:write:2", {"0"}, Landing::held);
  EXPECT_EQ(held_by_plan(run.evidence, ProcessPath::root()), Micros::max());
  run.evidence.faults[1].at = milliseconds(300);
  run.evidence.faults[1].hold = Hold{milliseconds(1'000), true};
  EXPECT_EQ(held_by_plan(run.evidence, ProcessPath::root()), milliseconds(1'200));
  run.evidence.faults[0].hold = Hold{milliseconds(200)};
  EXPECT_EQ(held_by_plan(run.evidence, ProcessPath::root(), {milliseconds(100), milliseconds(400)}), milliseconds(200));
}

}  // namespace
}  // namespace exitproof
