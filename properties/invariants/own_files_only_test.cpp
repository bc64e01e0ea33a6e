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

Story terminated() {
  return Story("app").fault("SIGTERM@0:write:1", {"0"}, Landing::caught).ended("0", "exit 1");
}

Story changing(std::uint64_t before, std::string_view now) {
  Story trial = terminated().output("/home/u/notes", now, ChangeKind::changed);
  trial.evidence.files.back().size_before = before;
  return trial;
}

TEST(own_files_only, alone_flags_a_deleted_a_cut_and_a_replaced_file) {
  EXPECT_THAT(found(terminated().deleted("/home/u/notes").evidence), ElementsAre("own-files-only /home/u/notes"));
  EXPECT_THAT(found(changing(10, "cut").evidence), ElementsAre("own-files-only /home/u/notes"));
  Story replaced = changing(3, "much longer");
  replaced.evidence.files.back().replaced = true;
  EXPECT_THAT(found(replaced.evidence), ElementsAre("own-files-only /home/u/notes"));
  EXPECT_THAT(opinion_of("own-files-only", changing(10, "cut").evidence).violations.at(0).detail,
              HasSubstr("/home/u/notes was there before, and is cut to 3 of 10 bytes"));
}

TEST(own_files_only, tells_once_what_one_fault_does_in_one_place) {
  Story trial = terminated().deleted("/srv/data/alpha").deleted("/srv/data/bravo").deleted("/srv/data/sub/charlie");
  trial.deleted("/home/u/notes");
  EXPECT_THAT(found(trial.evidence), ElementsAre("own-files-only /home/u/notes", "own-files-only /srv/data/*"));
  const Opinion opinion = opinion_of("own-files-only", trial.evidence);
  EXPECT_THAT(opinion.violations.at(1).detail,
              HasSubstr("/srv/data/alpha was there before, and is deleted; so it is with 2 more in /srv/data"));
}

TEST(own_files_only, never_flags_what_is_made_appended_or_rewritten_in_its_place) {
  EXPECT_THAT(found(changing(3, "longer").evidence), IsEmpty());
  EXPECT_THAT(found(changing(3, "new").evidence), IsEmpty());
  Story trial = terminated().file("/home/u", ChangeKind::changed);
  trial.evidence.files.back().type = FileType::directory;
  EXPECT_THAT(found(trial.evidence), IsEmpty());
}

TEST(own_files_only, never_flags_what_fault_free_runs_touch) {
  Baseline baseline = three_of(Story("app").deleted("/var/cache/old-20240101"));
  EXPECT_THAT(found(terminated().deleted("/var/cache/old-20240101").evidence, {}, baseline), IsEmpty());
  EXPECT_THAT(found(terminated().deleted("/var/cache/old-20240102").evidence, {}, baseline), IsEmpty());
  EXPECT_EQ(found(terminated().deleted("/var/cache/young").evidence, {}, baseline).size(), 1U);
}

TEST(own_files_only, notes_what_is_lost_on_the_way_and_what_is_written_to) {
  Story saved = Story("app").output("/home/u/notes", "new", ChangeKind::changed);
  saved.evidence.files.back().replaced = true;
  const Opinion lost =
      opinion_of("own-files-only", terminated().deleted("/home/u/notes").evidence, {}, three_of(saved));
  EXPECT_THAT(lost.violations, IsEmpty());
  EXPECT_THAT(lost.notes.at(0).detail, HasSubstr("is gone, where fault-free runs leave another in its place"));
  const Opinion longer = opinion_of("own-files-only", changing(3, "longer").evidence);
  EXPECT_THAT(longer.notes.at(0).detail, HasSubstr("is written to (3 bytes before, 6 now)"));
}

TEST(own_files_only, notes_what_was_changed_of_a_file_that_is_as_long_as_before) {
  const auto note = [](std::optional<bool> content_changed, const std::string& attributes) {
    Story trial = changing(3, "new");
    trial.evidence.files.back().content_changed = content_changed;
    trial.evidence.files.back().attributes_changed = attributes;
    return opinion_of("own-files-only", trial.evidence).notes.at(0).detail;
  };
  EXPECT_THAT(note(true, "modification time"), HasSubstr("is written to (3 bytes before, 3 now)"));
  EXPECT_THAT(note(std::nullopt, "modification time"), HasSubstr("may be written to (3 bytes before, 3 now)"));
  EXPECT_THAT(note(false, "mode (0600 instead of 0644)"),
              HasSubstr("has the same content with another mode (0600 instead of 0644), which no fault-free run does"));
}

Story saving(std::string_view content) {
  Story run = Story("app").output("/home/u/notes", content, ChangeKind::changed);
  run.evidence.files.back().replaced = true;
  run.evidence.files.back().size_before = 1;
  return run;
}

TEST(own_files_only, flags_a_loss_that_the_next_run_does_not_make_good) {
  const Baseline appends = three_of(saving("ab").next("exit 0", saving("abb")));
  const Story lost = terminated().deleted("/home/u/notes");
  EXPECT_THAT(found(Story(lost).next("exit 0", saving("b")).evidence, {}, appends),
              ElementsAre("own-files-only /home/u/notes"));
  EXPECT_THAT(found(Story(lost).next("exit 0", lost).evidence, {}, appends),
              ElementsAre("own-files-only /home/u/notes"));
  EXPECT_THAT(opinion_of("own-files-only", Story(lost).next("exit 0", saving("b")).evidence, {}, appends)
                  .violations.at(0)
                  .detail,
              HasSubstr("the next run works and does not bring it back: /home/u/notes has 1 of"));
  EXPECT_THAT(found(Story(lost).next("exit 1", lost).evidence, {}, appends), ElementsAre("restarts /home/u/notes"));
}

TEST(own_files_only, never_flags_who_takes_away_what_it_makes_again) {
  const Baseline links = three_of(saving("program").next("exit 0", saving("program")));
  const Story failed = terminated().deleted("/home/u/notes");
  const Opinion opinion =
      opinion_of("own-files-only", Story(failed).next("exit 0", saving("program")).evidence, {}, links);
  EXPECT_THAT(opinion.violations, IsEmpty());
  EXPECT_THAT(opinion.notes, IsEmpty());
  Contract checks;
  checks.restart = "check";
  EXPECT_THAT(found(Story(failed).next("exit 0", failed).evidence, checks, links), IsEmpty());
}

TEST(own_files_only, never_flags_what_is_no_file_of_the_machine) {
  EXPECT_THAT(found(terminated().deleted("/proc/4711/x").deleted("/dev/shm/y").evidence), IsEmpty());
}

TEST(own_files_only, flags_a_trespass_and_names_both) {
  Story trial = terminated().process("0.1", "worker");
  trial.evidence.trespasses = {{ProcessPath::root(), ProcessPath::parse("0.1"), "unlink", "/tmp/lock"}};
  EXPECT_THAT(found(trial.evidence), ElementsAre("own-files-only /tmp/lock"));
  EXPECT_THAT(opinion_of("own-files-only", trial.evidence).violations.at(0).detail,
              HasSubstr("app (0) took /tmp/lock away from worker (0.1)"));
  Baseline baseline = clean_baseline();
  baseline.trespasses = {"/tmp/lock"};
  EXPECT_THAT(found(trial.evidence, {}, baseline), IsEmpty());
}

TEST(own_files_only, asks_nothing_of_a_killed_tree) {
  Story trial = Story("app").fault("kill-tree@quiet:1", {"0"}, Landing::death).ended("0", "SIGKILL");
  EXPECT_THAT(found(trial.deleted("/home/u/notes").evidence), IsEmpty());
}

}  // namespace
}  // namespace exitproof
