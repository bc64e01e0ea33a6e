#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"
#include "properties/invariants/outputs.hpp"

namespace exitproof {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::found;
using ::testing::IsEmpty;
using testing::scenario_of;
using testing::Story;
using testing::three_of;

Baseline baseline_of(const std::vector<Story>& runs, const Scenario& scenario = scenario_of()) {
  std::vector<Evidence> surveys;
  surveys.reserve(runs.size());
  for (const Story& run : runs) surveys.push_back(run.evidence);
  return make_baseline(surveys, scenario);
}

TEST(make_baseline, takes_as_outputs_what_every_run_leaves_outside_of_temporary_places) {
  Story run;
  run.file("/project/out.txt").file("/home/u/report").file("/tmp/scratch").file("/run/app.pid").file("/dev/shm/x");
  const Baseline baseline = three_of(run);
  EXPECT_THAT(baseline.outputs, ElementsAre("/home/u/report", "/project/out.txt"));
  EXPECT_EQ(baseline.known_violations.size(), 3U);
}

TEST(make_baseline, takes_no_path_that_a_run_does_not_leave) {
  Story one;
  one.file("/project/out.txt").file("/project/sometimes");
  EXPECT_THAT(baseline_of({one, one, Story().file("/project/out.txt")}).outputs, ElementsAre("/project/out.txt"));
}

TEST(make_baseline, knows_who_makes_an_output_where_all_runs_agree) {
  const auto made_by = [](std::string_view maker) {
    return Story().file("/project/out.txt", FileType::regular, "0.1").file("/project/log", FileType::regular, maker);
  };
  const Baseline baseline = baseline_of({made_by("0.2"), made_by("0.3")});
  ASSERT_EQ(baseline.makers.size(), 1U);
  EXPECT_EQ(baseline.makers.at("/project/out.txt"), ProcessPath::parse("0.1"));
}

TEST(make_baseline, takes_what_lies_below_the_working_directory_even_in_a_temporary_place) {
  Scenario scenario = scenario_of();
  scenario.working_directory = "/tmp/build";
  scenario.environment = {{"TMPDIR", "/tmp/build/scratch"}};
  const Story run = Story().file("/tmp/build/out.o").file("/tmp/other").file("/tmp/build/scratch/x");
  EXPECT_THAT(three_of(run, scenario).outputs, ElementsAre("/tmp/build/out.o"));
}

TEST(make_baseline, takes_the_very_path_that_the_command_line_names) {
  const Story run = Story().file("/tmp/a").file("/tmp/b").file("/tmp/c").file("/tmp/d").file("/tmp/e/f");
  const Scenario scenario = scenario_of({"app", "/tmp/./a", "--out=/tmp/b", "-o/tmp/c", "of=../tmp/d", "/tmp/e"});
  EXPECT_THAT(three_of(run, scenario).outputs, ElementsAre("/tmp/a", "/tmp/b", "/tmp/c", "/tmp/d"));
}

TEST(make_baseline, takes_what_an_output_glob_names_and_the_directories_that_hold_it) {
  Scenario scenario = scenario_of();
  scenario.contract.outputs = {"/tmp/out/*.txt"};
  Story run;
  run.file("/tmp/out", FileType::directory).file("/tmp/out/a.txt").file("/tmp/out/b.tmp");
  EXPECT_THAT(three_of(run, scenario).outputs, ElementsAre("/tmp/out", "/tmp/out/a.txt"));
}

TEST(make_baseline, keeps_the_patterns_of_outputs_whose_names_vary) {
  Scenario scenario = scenario_of();
  scenario.contract.outputs = {"/tmp/out/**"};
  const Baseline baseline = baseline_of(
      {Story().file("/tmp/out/run-1001"), Story().file("/tmp/out/run-1002"), Story().file("/tmp/out/run-1003")},
      scenario);
  EXPECT_THAT(baseline.outputs, IsEmpty());
  EXPECT_THAT(baseline.varying_outputs, ElementsAre("/tmp/out/run-*"));
  EXPECT_THAT(baseline.known_violations, IsEmpty());
}

TEST(make_baseline, knows_what_clean_runs_leave_so_that_a_trial_is_not_blamed_for_it) {
  const Baseline baseline = baseline_of(
      {Story().file("/tmp/tmp.kX81hQ2zDq"), Story().file("/tmp/tmp.aQ4pLm81Zx"), Story().file("/tmp/tmp.Zx81pLqW3k")});
  Story trial = Story().fault("kill@0:write:1", {"0"}, Landing::death).ended("0", "SIGKILL");
  trial.file("/tmp/tmp.Ty5RkW20vB");
  EXPECT_THAT(found(trial.evidence, {}, baseline), IsEmpty());
  EXPECT_THAT(found(trial.file("/tmp/lock").evidence, {}, baseline), ElementsAre("no-leftovers /tmp/lock"));
  EXPECT_THAT(found(Story().file("/tmp/tmp.Ty5RkW20vB").evidence, {}, baseline),
              ElementsAre("no-leftovers /tmp/tmp.*"));
}

Story parent_with(int zombies) {
  Story run("sort");
  for (int i = 1; i <= zombies; ++i) {
    const std::string path = "0." + std::to_string(i);
    run.process(path, "gzip").zombie_at_end(path, seconds(2));
  }
  return run;
}

TEST(make_baseline, knows_how_many_zombies_clean_runs_leave) {
  const auto struck = [](int zombies) {
    return parent_with(zombies).fault("EMFILE@0:open:1", {"0"}, Landing::call).evidence;
  };
  const Baseline one = three_of(parent_with(1));
  EXPECT_THAT(found(struck(1), {}, one), IsEmpty());
  EXPECT_THAT(found(struck(2), {}, one), ElementsAre("no-zombies gzip"));
  EXPECT_THAT(judge(struck(2), {}, one).violations.at(0).detail,
              ::testing::HasSubstr("1 of these 2 are known without it"));
  const Baseline some = baseline_of({parent_with(1), parent_with(2), parent_with(1)});
  EXPECT_THAT(found(struck(3), {}, some), IsEmpty()) << "how many there are differs from run to run";
}

TEST(make_baseline, knows_an_output_that_is_never_whole_and_not_that_it_is_missing) {
  const auto run = [](bool there) {
    Story story("sh");
    if (there) story.output("/project/a.log", "1\n").validated("/project/a.log", false);
    return story.output("/project/b.txt", "b\n");
  };
  const Baseline baseline = three_of(run(true));
  const auto struck = [&](bool there) { return run(there).fault("ENOSPC@0:open:1", {"0"}, Landing::call).evidence; };
  EXPECT_THAT(found(struck(true), {}, baseline), IsEmpty());
  EXPECT_THAT(found(struck(false), {}, baseline), ElementsAre("honest-exit-status /project/a.log"));
}

TEST(make_baseline, knows_orphans_and_zombies_of_clean_runs) {
  Story run("sort");
  run.process("0.1", "gzip").zombie_at_end("0.1", seconds(2)).process("0.2", "sleep").survivor("0.2");
  const Baseline baseline = three_of(run);
  EXPECT_EQ(baseline.known_violations.size(), 2U);
  Story trial = run;
  trial.fault("SIGTERM@0:write:1", {"0"}, Landing::caught);
  EXPECT_EQ(judge(trial.evidence, {}, baseline).verdict, Verdict::held);
}

TEST(make_baseline, has_not_ended_when_a_run_was_cut) {
  const Baseline baseline = baseline_of({Story().file("/project/out"), Story().cut(), Story().cut()});
  EXPECT_FALSE(baseline.ended);
  EXPECT_THAT(baseline.outputs, IsEmpty());
  EXPECT_EQ(baseline.root_end, std::nullopt);
}

TEST(make_baseline, passes_over_runs_with_a_harness_error) {
  Story broken;
  broken.evidence.harness_error = "mount: EPERM";
  EXPECT_EQ(baseline_of({Story(), broken}).runs, 1U);
  EXPECT_TRUE(baseline_of({Story(), broken}).ended);
  EXPECT_FALSE(baseline_of({broken}).ended);
  EXPECT_FALSE(baseline_of({}).ended);
}

TEST(make_baseline, keeps_the_end_when_it_is_equal_and_the_longest_run) {
  Story slow;
  slow.evidence.root_ended_at = seconds(3);
  const Baseline baseline = baseline_of({Story(), slow});
  EXPECT_EQ(baseline.root_end, WaitStatus::exited(0));
  EXPECT_EQ(baseline.longest_run, seconds(3));
  EXPECT_EQ(baseline_of({Story(), Story().ended("0", "exit 1")}).root_end, std::nullopt);
  EXPECT_TRUE(baseline_of({Story().stopped()}).waits);
  EXPECT_THAT(baseline.temporary_places, Contains("/tmp"));
}

TEST(make_baseline, keeps_the_content_of_outputs_that_is_equal_in_all_runs) {
  Story one = Story().output("/project/a", "same").output("/project/b", "1").out("hello\n");
  one.output("/etc/hosts", "longer", ChangeKind::changed).file("/project/d", FileType::directory);
  one.evidence.files[2].size_before = 3;
  Story other = one;
  other.evidence.files[1].digest = "another";
  const Baseline baseline = baseline_of({one, one, other});
  std::vector<std::string> paths;
  for (const StableOutput& output : baseline.stable_outputs) paths.push_back(output.path);
  EXPECT_THAT(paths, ElementsAre("/etc/hosts", "/project/a", "/project/d"));
  EXPECT_EQ(baseline.stable_outputs[0].differs_from_before, true);
  EXPECT_EQ(baseline.stable_outputs[1].differs_from_before, std::nullopt);
  EXPECT_THAT(baseline.touched_files, ElementsAre("/etc/hosts"));
  ASSERT_TRUE(baseline.out);
  EXPECT_EQ(baseline.out->head, "hello\n");
  EXPECT_EQ(baseline_of({one, Story(one).out("bye\n")}).out, std::nullopt);
}

TEST(make_baseline, knows_of_a_single_run_no_content_that_is_always_so) {
  const Baseline baseline = baseline_of({Story().output("/project/a", "1").out("hello\n")});
  EXPECT_THAT(baseline.outputs, ElementsAre("/project/a"));
  EXPECT_THAT(baseline.stable_outputs, IsEmpty());
  EXPECT_EQ(baseline.out, std::nullopt);
}

TEST(make_baseline, keeps_what_the_runs_do_to_files_of_each_other) {
  Story run;
  run.process("0.1", "worker");
  run.evidence.trespasses = {{ProcessPath::root(), ProcessPath::parse("0.1"), "unlink", "/tmp/app-4711/lock"}};
  EXPECT_THAT(three_of(run).trespasses, ElementsAre("/tmp/app-*/lock"));
}

TEST(make_baseline, has_a_next_run_when_one_came_to_its_end) {
  const Story left = Story().output("/project/a", "1");
  EXPECT_EQ(three_of(left).next, std::nullopt);
  const Baseline baseline = three_of(Story(left).next("exit 0", left));
  ASSERT_TRUE(baseline.next);
  EXPECT_FALSE(baseline.next->fails_by_nature || baseline.next->differs_by_nature);
  EXPECT_EQ(baseline.next->root_end, WaitStatus::exited(0));
  EXPECT_EQ(baseline.next->stable_outputs, baseline.stable_outputs);
  EXPECT_EQ(baseline.next->longest, seconds(1));
  Story stuck = Story(left).next("exit 0", left);
  stuck.evidence.next_run->failure = "it did not end";
  EXPECT_EQ(three_of(stuck).next, std::nullopt);
}

TEST(make_baseline, sees_that_a_second_run_fails_or_differs_by_nature) {
  const Story made = Story().file("/project/x", FileType::directory);
  EXPECT_TRUE(three_of(Story(made).next("exit 1", made)).next->fails_by_nature);
  const Story appended = Story().output("/project/log", "1\n");
  const Baseline twice = three_of(Story(appended).next("exit 0", Story().output("/project/log", "1\n1\n")));
  EXPECT_TRUE(twice.next->differs_by_nature);
  EXPECT_FALSE(twice.next->fails_by_nature);
  EXPECT_TRUE(three_of(Story(made).stopped().next("exit 0", made)).next->fails_by_nature) << "it no longer waits";
}

TEST(make_baseline, takes_no_varying_content_or_name_for_another_nature) {
  Story one = Story().output("/project/date", "1").file("/tmp/tmp.kX81hQ2zDq");
  one.next("exit 0", Story().output("/project/date", "3").file("/tmp/tmp.kX81hQ2zDq").file("/tmp/tmp.aQ4pLm81Zx"));
  Story other = one;
  other.evidence.files[0].digest = "2";
  const Baseline baseline = baseline_of({one, other, one});
  EXPECT_FALSE(baseline.next->differs_by_nature);
}

TEST(lies_below, is_about_whole_components) {
  EXPECT_TRUE(lies_below("/tmp/a", "/tmp"));
  EXPECT_TRUE(lies_below("/tmp/a/b", "/tmp"));
  EXPECT_FALSE(lies_below("/tmpfile", "/tmp"));
  EXPECT_FALSE(lies_below("/tmp", "/tmp"));
  EXPECT_TRUE(lies_below("/a", "/"));
}

}  // namespace
}  // namespace exitproof
