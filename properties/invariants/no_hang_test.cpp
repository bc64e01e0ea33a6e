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

TEST(no_hang, alone_flags_a_pool_that_waits_for_a_killed_worker) {
  Story run("python3");
  run.process("0.1", "python3").ended("0.1", "SIGKILL").fault("kill@0.1:quiet:1", {"0.1"}, Landing::death);
  run.file("/tmp/pymp-1");
  run.hung("kill of 0.1", {{ProcessPath::root(), "python3", "futex", "0x7f00", false, false},
                           {ProcessPath::parse("0/1"), "python3", "read", "pipe:[17]", false, false}});
  EXPECT_THAT(found(run.evidence), ElementsAre("no-hang python3"));
  const std::string detail = opinion_of("no-hang", run.evidence).violations.at(0).detail;
  EXPECT_THAT(detail, HasSubstr("python3 (0) had not ended 30.0 s after kill of 0.1"));
  EXPECT_THAT(detail, HasSubstr("python3 (0) waits in futex of 0x7f00, which another task"));
  EXPECT_THAT(detail,
              HasSubstr("python3 (0/1) waits in read of pipe:[17], which whoever holds the other end could end"));
}

TEST(no_hang, says_once_what_each_task_does) {
  Story run;
  run.hung("ctrl-c", {{ProcessPath::root(), "app", std::string(BlockedTask::stopped), "", false, false},
                      {ProcessPath::parse("0.1"), "busy", std::string(BlockedTask::running), "", false, false}});
  EXPECT_THAT(opinion_of("no-hang", run.evidence).violations.at(0).detail,
              HasSubstr("; app (0) is stopped by job control, which SIGCONT could end; busy (0.1) runs on and on"));
}

TEST(no_hang, says_so_when_nothing_can_wake_it) {
  Story run;
  run.hung("ctrl-c");
  run.evidence.hang->at_once = true;
  EXPECT_THAT(opinion_of("no-hang", run.evidence).violations.at(0).detail, HasSubstr("nothing can wake it"));
}

TEST(no_hang, flags_a_waiting_subject_that_ignores_its_stop) {
  EXPECT_THAT(found(Story().stopped().alive("0").evidence), ElementsAre("no-hang app"));
}

TEST(no_hang, by_the_deadline_is_not_known_of_a_subject_whose_clean_runs_were_cut) {
  Baseline cut = clean_baseline();
  cut.ended = false;
  Story run("python3");
  run.process("0.1", "python3").ended("0.1", "SIGKILL").fault("kill@0.1:quiet:1", {"0.1"}, Landing::death).hung("kill");
  EXPECT_THAT(found(run.evidence, {}, cut), IsEmpty());
  EXPECT_EQ(judge(run.evidence, {}, cut).verdict, Verdict::not_exercised);
  run.evidence.hang->at_once = true;
  EXPECT_THAT(found(run.evidence, {}, cut), ElementsAre("no-hang python3"));
  Story asked = Story().fault("SIGTERM@0:read:1", {"0"}, Landing::caught).hung("SIGTERM");
  EXPECT_THAT(found(asked.evidence, {}, cut), ElementsAre("no-hang app"));
}

Story waits_in_vain(std::string_view fault = "EAGAIN@0:fork:1") {
  Story run;
  run.fault(fault, {"0"}, Landing::call);
  run.hung(std::string(fault), {{ProcessPath::root(), "app", "rt_sigsuspend", "", false, false}});
  run.evidence.end_was_asked = false;
  return run;
}

Baseline ends_by_itself() {
  Baseline baseline = clean_baseline();
  baseline.longest_run = Micros{5'000};
  return baseline;
}

TEST(no_hang, flags_a_subject_that_ends_by_itself_but_for_a_failed_call) {
  EXPECT_THAT(found(waits_in_vain().evidence, {}, ends_by_itself()), ElementsAre("no-hang app"));
  const std::string detail =
      opinion_of("no-hang", waits_in_vain().evidence, {}, ends_by_itself()).violations.at(0).detail;
  EXPECT_THAT(detail,
              HasSubstr("app (0) did not end within 30.0 s after EAGAIN@0:fork:1; fault-free runs end after 5"));
  EXPECT_THAT(detail, HasSubstr("app (0) waits in rt_sigsuspend"));
}

TEST(no_hang, blames_no_failed_call_where_the_subject_waits_or_is_stopped) {
  Baseline waits = ends_by_itself();
  waits.waits = true;
  EXPECT_THAT(found(waits_in_vain().evidence, {}, waits), IsEmpty());
  EXPECT_EQ(judge(waits_in_vain().evidence, {}, waits).verdict, Verdict::not_exercised);
  Baseline cut = ends_by_itself();
  cut.ended = false;
  EXPECT_THAT(found(waits_in_vain().evidence, {}, cut), IsEmpty());
  Story sleeps = waits_in_vain();
  sleeps.evidence.hang->by_timer = true;
  EXPECT_THAT(found(sleeps.evidence, {}, ends_by_itself()), IsEmpty()) << "it may try again, and give up in the end";
  EXPECT_THAT(found(waits_in_vain("SIGSTOP@0:fork:1").evidence, {}, ends_by_itself()), IsEmpty());
}

TEST(no_hang, notes_who_goes_on_by_a_timer_after_a_fault) {
  Story sleeps = waits_in_vain("EMFILE+@0:open:1");
  sleeps.evidence.hang->by_timer = true;
  sleeps.evidence.hang->wakes = 29;
  sleeps.evidence.hang->tasks[0].call = "clock_nanosleep";
  const Opinion opinion = opinion_of("no-hang", sleeps.evidence, {}, ends_by_itself());
  ASSERT_EQ(opinion.notes.size(), 1U);
  EXPECT_THAT(opinion.notes.front().detail,
              HasSubstr("app (0) had not ended 30.0 s after EMFILE+@0:open:1: it wakes and waits again by a timer (29 "
                        "wakes seen); app (0) waits in clock_nanosleep"));
  EXPECT_THAT(opinion.skipped, ElementsAre(HasSubstr("a longer --timeout")));
  EXPECT_EQ(judge(sleeps.evidence, {}, ends_by_itself()).verdict, Verdict::not_exercised);
}

TEST(no_hang, flags_who_still_waits_after_a_far_longer_time_by_its_own_clock) {
  Story sleeps = waits_in_vain("EMFILE+@0:open:1");
  sleeps.evidence.hang->tasks[0].timed = true;
  sleeps.evidence.hang->skipped = std::chrono::seconds(29);
  EXPECT_THAT(opinion_of("no-hang", sleeps.evidence, {}, ends_by_itself()).violations.at(0).detail,
              HasSubstr("did not end within 30.0 s by its clock after EMFILE+"));
}

TEST(no_hang, never_flags_a_subject_that_nobody_asked_to_end) {
  Story run;
  run.hung("");
  run.evidence.end_was_asked = false;
  EXPECT_THAT(found(run.evidence), IsEmpty());
  EXPECT_EQ(opinion_of("no-hang", run.evidence).skipped.size(), 1U);
}

TEST(no_hang, never_flags_a_subject_that_ended_or_was_cut) {
  EXPECT_THAT(found(Story().stopped().evidence), IsEmpty());
  EXPECT_THAT(found(Story().fault("kill@0:write:1", {"0"}, Landing::death).ended("0", "SIGKILL").evidence), IsEmpty());
  EXPECT_THAT(found(Story().cut().evidence), IsEmpty());
}

}  // namespace
}  // namespace exitproof
