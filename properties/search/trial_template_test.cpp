#include "properties/search/trial_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Evidence run_with(const std::vector<FileChange>& files) {
  Evidence run = testing::clean_run({});
  run.files = files;
  return run;
}

FileChange file(const std::string& path, ChangeKind kind, FileType type = FileType::regular) {
  FileChange change;
  change.path = path;
  change.kind = kind;
  change.type = type;
  return change;
}

Baseline with_next() {
  Baseline baseline;
  baseline.next = NextBaseline{};
  return baseline;
}

TEST(TrialTemplate, CopiesUpWhatAnyRunChangesOrDeletes) {
  const std::vector<Evidence> runs = {
      run_with({file("/b", ChangeKind::changed), file("/new", ChangeKind::created),
                file("/deep/er/dir", ChangeKind::created, FileType::directory),
                file("/deep/er/dir/inner", ChangeKind::created), file("/d", ChangeKind::changed, FileType::directory)}),
      run_with({file("/b", ChangeKind::changed), file("/a", ChangeKind::deleted)})};
  EXPECT_THAT(trial_template(runs, {}).copy_up, ElementsAre("/", "/a", "/b", "/deep/er"));
}

TEST(TrialTemplate, KnowsTheStateThatAllRunsLeave) {
  const FileChange a = file("/a", ChangeKind::created);
  const FileChange b = file("/b", ChangeKind::created);
  const std::vector<Evidence> equal = {run_with({a, b}), run_with({b, a})};
  const TrialRequest request = trial_template(equal, with_next());
  EXPECT_EQ(request.next_run, NextRunWhen::when_left);
  EXPECT_THAT(request.clean_state, ElementsAre(state_of(a), state_of(b)));
  const std::vector<Evidence> different = {run_with({a, b}), run_with({a})};
  EXPECT_THAT(trial_template(different, with_next()).clean_state, IsEmpty());
}

TEST(TrialTemplate, LooksForTrespassesWhereAProcessMakesWhatAPeerCouldTakeAway) {
  const auto classes_after = [](std::string_view place, std::string call, std::string object) {
    SiteRecord site;
    site.site = Site::parse(place);
    site.call = std::move(call);
    site.object = std::move(object);
    site.alive = {ProcessPath::root()};
    return trial_template({{testing::clean_run({site})}}, {}).classes;
  };
  EXPECT_EQ(classes_after("0:open:1", "openat", "/srv/a"), trespass_classes());
  EXPECT_EQ(classes_after("0:mkdir:1", "mknod", "/srv/fifo"), trespass_classes());
  EXPECT_EQ(classes_after("0:link:1", "symlink", "/srv/link"), trespass_classes());
  EXPECT_EQ(classes_after("0:bind:1", "bind", "socket:[7]"), trespass_classes());
  EXPECT_EQ(classes_after("0:bind:1", "listen", "socket:[7]"), CallClasses());
  EXPECT_EQ(classes_after("0:open:1", "openat", "/dev/null"), CallClasses());
}

TEST(TrialTemplate, MakesNoNextRunThatNobodyCanJudge) {
  const std::vector<Evidence> runs = {run_with({file("/a", ChangeKind::created)})};
  EXPECT_EQ(trial_template(runs, {}).next_run, NextRunWhen::never);
  EXPECT_THAT(trial_template(runs, {}).clean_state, IsEmpty());
}

}  // namespace
}  // namespace exitproof
