#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using testing::clean_baseline;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::found;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::opinion_of;
using testing::Story;
using testing::three_of;

Story registered() {
  return Story("app").handler("0", "cleanup");
}

Story ended_by(std::string_view fault, Landing landing, std::string_view end) {
  return registered().fault(fault, {"0"}, landing).ended("0", end);
}

Opinion opinion(const Story& story, const Contract& contract = {}, const Baseline& baseline = clean_baseline()) {
  return opinion_of("handlers-once", story.evidence, contract, baseline);
}

std::string detail(const Story& story) {
  const Opinion result = opinion(story);
  return result.violations.size() == 1 ? result.violations.front().detail : "not one violation";
}

std::string note(const Story& story) {
  const Opinion result = opinion(story);
  if (!result.violations.empty() || result.notes.size() != 1) return "not one note alone";
  return result.notes.front().detail;
}

void expect_nothing(const Story& story) {
  const Opinion result = opinion(story);
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_THAT(result.skipped, IsEmpty());
}

TEST(handlers_once, alone_flags_a_handler_that_is_never_run) {
  EXPECT_THAT(found(registered().evidence), ElementsAre("handlers-once cleanup"));
  expect_nothing(registered().ran("0", 900));
  Story located = registered();
  located.evidence.handlers[0].file = "main.c";
  located.evidence.handlers[0].line = 12;
  EXPECT_EQ(detail(located), "exit handler cleanup (atexit at main.c:12) was never run: app (0) ended with exit 0");
}

TEST(handlers_once, says_which_way_out_skipped_it) {
  EXPECT_THAT(detail(registered().way_out("0", "_exit").ended("0", "exit 3")),
              HasSubstr("was never run: app (0) ended by _exit (exit 3)"));
  EXPECT_THAT(detail(registered().way_out("0", "abort").ended("0", "SIGABRT")),
              HasSubstr("was never run: app (0) ended by abort (SIGABRT)"));
  EXPECT_THAT(detail(registered().ended("0", "SIGSEGV")), HasSubstr("was never run: app (0) was ended by SIGSEGV"));
  EXPECT_THAT(detail(registered().way_out("0", "quick_exit").ended("0", "SIGTERM")),
              HasSubstr("was never run: app (0) was ended by SIGTERM in quick_exit"));
}

TEST(handlers_once, flags_what_an_exec_loses) {
  Story replaced = registered();
  replaced.evidence.handlers[0].lost_by_exec = true;
  EXPECT_THAT(detail(replaced), HasSubstr("was never run: process 0 was replaced by another program with exec"));
  expect_nothing(replaced.ran("0", 5));
}

TEST(handlers_once, asks_after_an_error_and_after_a_signal_that_was_caught) {
  EXPECT_EQ(opinion(ended_by("ENOSPC@0:write:1", Landing::call, "exit 1")).violations.size(), 1U);
  EXPECT_EQ(opinion(ended_by("SIGHUP@0:write:1", Landing::caught, "exit 1")).violations.size(), 1U);
  EXPECT_EQ(opinion(ended_by("bad-alloc@0:new:1", Landing::thrown, "SIGABRT")).violations.size(), 1U);
  expect_nothing(ended_by("SIGHUP@0:write:1", Landing::caught, "exit 1").ran("0", 900));
}

TEST(handlers_once, asks_after_the_default_action_of_ctrl_c_and_sigterm) {
  EXPECT_THAT(detail(ended_by("SIGTERM@0:write:1", Landing::death, "SIGTERM")),
              HasSubstr("was never run: app (0) was ended by SIGTERM"));
  EXPECT_EQ(opinion(ended_by("ctrl-c@quiet:1", Landing::death, "SIGINT")).violations.size(), 1U);
  EXPECT_EQ(opinion(registered().stopped().ended("0", "SIGTERM")).violations.size(), 1U);
}

TEST(handlers_once, only_notes_what_a_hangup_and_its_like_skip) {
  EXPECT_THAT(note(ended_by("SIGHUP@0:write:1", Landing::death, "SIGHUP")), HasSubstr("was never run"));
  EXPECT_THAT(note(ended_by("SIGQUIT@0:write:1", Landing::death, "SIGQUIT")), HasSubstr("was never run"));
  EXPECT_THAT(note(ended_by("hangup@quiet:1", Landing::death, "SIGHUP")), HasSubstr("was never run"));
  EXPECT_THAT(note(ended_by("epipe@0:out:1", Landing::world, "SIGPIPE")), HasSubstr("was never run"));
  EXPECT_EQ(
      opinion(registered().ran("0", 1).ran("0", 2).fault("hangup@quiet:1", {"0"}, Landing::death).ended("0", "SIGHUP"))
          .violations.size(),
      1U);
}

TEST(handlers_once, asks_a_killed_process_only_not_to_have_run_it_twice) {
  const Story killed = ended_by("kill@0:write:1", Landing::death, "SIGKILL");
  expect_nothing(killed);
  expect_nothing(Story(killed).ran("0", 1));
  expect_nothing(Story(killed).began("0", 1));
  EXPECT_EQ(opinion(Story(killed).ran("0", 1).ran("0", 2)).violations.size(), 1U);
}

TEST(handlers_once, asks_a_killed_tree_for_nothing) {
  expect_nothing(
      registered().ran("0", 1).ran("0", 2).fault("kill-tree@quiet:1", {"0"}, Landing::death).ended("0", "SIGKILL"));
}

TEST(handlers_once, flags_a_second_run_and_names_the_times) {
  EXPECT_EQ(detail(registered().ran("0", 900).ran("0/1", 950)),
            "exit handler cleanup (atexit) was run twice: by app (0) at 900 ms, by app (0) at 950 ms");
  EXPECT_THAT(detail(registered().ran("0", 900).began("0", 950)), HasSubstr("was run twice"));
  EXPECT_THAT(detail(registered().ran("0", 1).ran("0", 2).ran("0", 3)), HasSubstr("was run 3 times"));
}

TEST(handlers_once, counts_the_run_of_a_child_that_inherited_it) {
  EXPECT_THAT(detail(registered().process("0.1", "worker").ran("0.1", 500).ran("0", 900)),
              HasSubstr("was run twice: by its child worker (0.1) at 500 ms, by app (0) at 900 ms"));
  EXPECT_THAT(detail(registered().process("0.1", "sh").process("0.1.1", "worker").ran("0.1.1", 500)),
              HasSubstr("was run in another process: by its descendant worker (0.1.1) at 500 ms, and not by app (0)"));
}

TEST(handlers_once, only_notes_a_child_that_is_guarded) {
  Story guarded = registered().ran("0", 900).process("0.1", "worker").ran("0.1", 500);
  guarded.evidence.handlers[0].runs[1].changed_something = false;
  EXPECT_EQ(
      note(guarded),
      "guarded: worker (0.1) ran exit handler cleanup (atexit) of app (0) and made no call that changes anything");
  Story more = Story(guarded).process("0.2", "worker").ran("0.2", 600);
  more.evidence.handlers[0].runs[2].changed_something = false;
  EXPECT_THAT(note(more), HasSubstr("changes anything; and so in 1 more run"));
  Story cut = registered().ran("0", 900).process("0.1", "worker").began("0.1", 500);
  cut.evidence.handlers[0].runs[1].changed_something = false;
  EXPECT_EQ(note(cut),
            "worker (0.1) began exit handler cleanup (atexit) of app (0) and made no call that changes anything");
}

TEST(handlers_once, asks_nothing_of_a_child_for_what_it_inherited) {
  expect_nothing(registered().ran("0", 900).process("0.1", "worker").way_out("0.1", "_exit"));
}

TEST(handlers_once, flags_a_handler_that_raises_or_is_cut) {
  EXPECT_THAT(detail(registered().began("0", 900, "OSError: no space")),
              HasSubstr("was not run to its end: it raised OSError: no space"));
  EXPECT_THAT(detail(registered().began("0", 900).way_out("0", "_exit")),
              HasSubstr("was begun and not run to its end: app (0) ended by _exit (exit 0)"));
  EXPECT_EQ(opinion(ended_by("SIGTERM@0:unlink:1", Landing::death, "SIGTERM").began("0", 900)).violations.size(), 1U);
}

TEST(handlers_once, only_notes_what_a_second_signal_cuts_or_skips) {
  Story twice = registered().fault("ctrl-c@quiet:1", {"0"}, Landing::caught);
  twice.fault("ctrl-c@0:unlink:1", {"0"}, Landing::death).ended("0", "SIGINT");
  EXPECT_THAT(note(Story(twice).began("0", 900)), HasSubstr("not run to its end"));
  EXPECT_THAT(note(twice), HasSubstr("was never run"));
}

TEST(handlers_once, never_asks_for_what_was_taken_back) {
  Story taken_back = registered();
  taken_back.evidence.handlers[0].unregistered = std::chrono::milliseconds(500);
  expect_nothing(taken_back);
  expect_nothing(Story(taken_back).ran("0", 400));
}

TEST(handlers_once, never_asks_a_process_that_has_not_ended) {
  expect_nothing(Story("app").process("0.1", "daemon").handler("0.1", "cleanup").alive("0.1"));
  expect_nothing(Story("app").process("0.1", "daemon").handler("0.1", "cleanup").began("0.1", 5).alive("0.1"));
}

TEST(handlers_once, asks_each_process_for_its_own) {
  Story workers = Story("app").process("0.1", "worker").process("0.2", "worker");
  workers.handler("0.1", "cleanup").handler("0.2", "cleanup");
  workers.fault("kill@0.1:write:1", {"0.1"}, Landing::death).ended("0.1", "SIGKILL");
  EXPECT_EQ(detail(workers), "exit handler cleanup (atexit) was never run: worker (0.2) ended with exit 0");
}

TEST(handlers_once, never_asks_for_what_nobody_may_tell_any_more) {
  constexpr const char* why =
      "app (0) put a filter on its own calls: what it does with its exit handlers from then on "
      "is not known";
  const auto only_skipped = [&](Story story) {
    const Opinion result = opinion(story.sandboxed("0"));
    EXPECT_THAT(result.violations, IsEmpty());
    EXPECT_THAT(result.notes, IsEmpty());
    EXPECT_THAT(result.skipped, ElementsAre(why));
  };
  only_skipped(registered());
  only_skipped(registered().ended("0", "SIGSYS"));
  only_skipped(registered().began("0", 900));
  only_skipped(registered().process("0.1", "worker").ran("0.1", 900));
  Story lost = registered();
  lost.evidence.handlers[0].lost_by_exec = true;
  only_skipped(lost);
  Story silent = registered();
  silent.evidence.agents.clear();
  EXPECT_THAT(opinion(silent.sandboxed("0")).skipped, Not(Contains(why))) << "nobody would have told anyway";
}

TEST(handlers_once, still_asks_for_what_was_told_before_a_filter) {
  EXPECT_THAT(detail(registered().ran("0", 100).ran("0", 200).sandboxed("0")), HasSubstr("was run twice"));
  EXPECT_THAT(detail(registered().began("0", 100, "an exception").sandboxed("0")), HasSubstr("it raised an exception"));
  EXPECT_THAT(detail(registered().process("0.1", "worker").sandboxed("0.1")), HasSubstr("was never run"))
      << "a child's filter is the child's";
  EXPECT_THAT(opinion(registered().process("0.1", "worker").sandboxed("0").sandboxed("0.1")).skipped,
              ElementsAre(HasSubstr("app (0), worker (0.1) put a filter on their own calls")));
}

TEST(handlers_once, knows_that_quick_exit_has_handlers_of_its_own) {
  Story story = Story("app").handler("0", "late").ran("0", 900).handler("0", "quick", "at_quick_exit");
  expect_nothing(story);
  Story quick = Story("app").handler("0", "late").handler("0", "quick", "at_quick_exit").ran("0", 900);
  EXPECT_THAT(detail(quick.way_out("0", "quick_exit")),
              HasSubstr("late (atexit) was never run: app (0) ended by quick_exit"));
  Story lost = Story("app").handler("0", "quick", "at_quick_exit").way_out("0", "quick_exit");
  EXPECT_THAT(detail(lost), HasSubstr("quick (at_quick_exit) was never run"));
}

TEST(handlers_once, makes_one_violation_of_one_name) {
  Story story = registered().handler("0", "cleanup").handler("0", "cleanup").ran("0", 1).ran("0", 2);
  const Opinion result = opinion(story);
  ASSERT_EQ(result.violations.size(), 1U);
  EXPECT_THAT(result.violations[0].detail, HasSubstr("cleanup (atexit) was run twice"));
  EXPECT_THAT(result.violations[0].detail,
              HasSubstr("; and exit handler cleanup (atexit) was never run: app (0) ended with exit 0; so it is with 1 "
                        "more of that name"));
}

TEST(handlers_once, skips_a_handler_that_nobody_can_name) {
  const Opinion nameless = opinion_of("handlers-once", Story("app").handler("0", "").evidence);
  EXPECT_THAT(nameless.violations, IsEmpty());
  EXPECT_THAT(nameless.skipped, ElementsAre(HasSubstr("app has exit handlers without a name")));
}

TEST(handlers_once, counts_static_destructors_together) {
  Story story = Story("app").handler("0", "A::~A", "static destructor").handler("0", "B::~B", "static destructor");
  EXPECT_THAT(found(story.evidence), ElementsAre("handlers-once static destructors"));
  EXPECT_THAT(detail(story), HasSubstr("so it is with 1 more static destructor"));
}

TEST(handlers_once, asks_for_handlers_of_the_runtime_only_when_told_to) {
  Story story = registered();
  story.evidence.handlers[0].of_runtime = true;
  expect_nothing(story);
  Contract contract;
  contract.runtime_handlers = true;
  EXPECT_EQ(opinion(story, contract).violations.size(), 1U);
}

TEST(handlers_once, notes_an_order_that_is_not_the_reverse_of_registration) {
  Story wrong = Story("app").handler("0", "first").handler("0", "second").ran("0", 900, "first").ran("0", 910);
  EXPECT_EQ(note(wrong), "app (0) ran exit handler first (atexit) before second (atexit), which was registered later");
  expect_nothing(Story("app").handler("0", "first").handler("0", "second").ran("0", 900).ran("0", 910, "first"));
  Story nested = Story("app").handler("0", "first").ran("0", 900).handler("0", "late").ran("0", 910);
  nested.evidence.handlers[1].registered = std::chrono::milliseconds(901);
  expect_nothing(nested);
  expect_nothing(
      Story("app").handler("0", "f", "Finalize").handler("0", "g", "Finalize").ran("0", 900, "f").ran("0", 910));
}

TEST(handlers_once, is_skipped_where_nobody_tells_of_handlers) {
  Story silent("static");
  silent.evidence.agents.clear();
  EXPECT_THAT(opinion(silent).skipped, ElementsAre("no probe and no agent was active in static (0)"));
  EXPECT_THAT(opinion(registered().hung("ctrl-c")).skipped, ElementsAre("the subject did not end"));
}

TEST(handlers_once, asks_nobody_who_was_struck_before_the_agent_could_speak) {
  Story early = Story("app").fault("kill@0:open:1", {"0"}, Landing::death).ended("0", "SIGKILL");
  early.evidence.agents.clear();
  EXPECT_THAT(opinion(early, {}, three_of(Story("app"))).skipped, IsEmpty());
  EXPECT_EQ(opinion(early).skipped.size(), 1U);
}

TEST(handlers_once, known_to_run_twice_may_still_be_never_run) {
  const auto runs = [](Story story, bool twice) {
    story.process("0.1", "app");
    if (twice) story.ran("0.1", 400).ran("0", 900);
    for (HandlerRun& run : story.evidence.handlers[0].runs) run.changed_something = true;
    return story;
  };
  const Baseline baseline = three_of(runs(registered(), true));
  const auto struck = [&](bool twice) {
    return runs(registered().fault("SIGUSR1@0:sleep:1", {"0"}, Landing::caught), twice).evidence;
  };
  EXPECT_THAT(found(struck(true), {}, baseline), IsEmpty());
  EXPECT_THAT(found(struck(false), {}, baseline), ElementsAre("handlers-once cleanup"));
}

TEST(handlers_once, says_of_a_root_that_was_struck_early_that_its_agent_did_not_speak) {
  Story early = Story("app").fault("EMFILE@0:open:1", {"0"}, Landing::call).ended("0", "exit 1");
  early.evidence.agents.clear();
  EXPECT_THAT(opinion(early, {}, three_of(Story("app"))).skipped,
              ElementsAre("app (0) was struck before its agent could speak, and told of no handler"));
}

TEST(handlers_once, counts_in_trials_only_what_fault_free_runs_do_not_skip_already) {
  const Baseline baseline = three_of(registered().way_out("0", "_exit"));
  EXPECT_THAT(baseline.known_violations, testing::opinion_of("handlers-once", registered().evidence).violations.empty()
                                             ? ::testing::SizeIs(0)
                                             : ::testing::SizeIs(1));
  EXPECT_THAT(found(ended_by("ENOSPC@0:write:1", Landing::call, "exit 1").evidence, {}, baseline), IsEmpty());
}

}  // namespace
}  // namespace exitproof
