#include "harness/trial/private_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "harness/trial/trial_testing.hpp"

// The world without namespaces: it must know what a trial did to the machine's files, and undo it.
namespace exitproof::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// All that is in the tree, with content and modification time.
std::vector<std::string> picture_of(const fs::path& tree) {
  std::vector<std::string> picture;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    std::string text = entry.path().string();
    if (entry.is_symlink()) {
      text += " -> " + fs::read_symlink(entry).string();
    } else if (entry.is_regular_file()) {
      text += " = " + read_file(entry) + " @ " + std::to_string(entry.last_write_time().time_since_epoch().count());
    }
    picture.push_back(text);
  }
  std::sort(picture.begin(), picture.end());
  return picture;
}

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

class PrivateWorldTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_ = fs::canonical(fs::temp_directory_path()) / ("exitproof-private-" + std::to_string(::getpid()));
    fs::create_directories(place_ / "work/sub");
    fs::create_directories(place_ / "tmp");
    write_file(place_ / "work/old", "old\n");
    write_file(place_ / "work/gone", "gone\n");
    write_file(place_ / "work/moved", "moved\n");
    write_file(place_ / "work/sub/file", "file\n");
    fs::create_symlink("old", place_ / "work/link");
    before_ = picture_of(place_);
  }
  void TearDown() override { remove_tree(place_.string()); }

  Scenario shell(std::string script, WorldKind world = WorldKind::private_) const {
    Scenario scenario = scenario_of({"/bin/sh", "-c", std::move(script)});
    scenario.world = world;
    scenario.working_directory = (place_ / "work").string();
    std::erase_if(scenario.environment, [](const auto& variable) { return variable.first == "TMPDIR"; });
    scenario.environment.emplace_back("TMPDIR", (place_ / "tmp").string());
    return scenario;
  }

  /// "created new", with paths below the working directory.
  std::vector<std::string> changes_of(const Evidence& evidence) const {
    std::vector<std::string> changes;
    for (const FileChange& file : evidence.files) {
      const std::string below = (place_ / "work").string() + "/";
      changes.push_back(std::string(change_kind_name(file.kind)) + " " +
                        (file.path.starts_with(below) ? file.path.substr(below.size()) : file.path));
    }
    return changes;
  }

  std::vector<std::string> picture_of_work_before() const {
    std::vector<std::string> picture;
    std::copy_if(before_.begin(), before_.end(), std::back_inserter(picture),
                 [this](const std::string& line) { return line.starts_with((place_ / "work/").string()); });
    return picture;
  }

  void expect_untouched() const { EXPECT_EQ(picture_of(place_), before_); }

  fs::path place_;
  std::vector<std::string> before_;
};

TEST_F(PrivateWorldTest, knows_and_undoes_what_a_trial_did_to_files) {
  const Scenario scenario = shell(
      "echo new >new; mkdir dir dir/in; echo x >dir/in/x; mkfifo fifo; ln -s old link2; echo more >>old; rm gone link; "
      "mv moved away; mv sub elsewhere; ln old hard; chmod 000 dir/in");
  TrialRunner runner(scenario);
  for (int i = 0; i < 2; ++i) {
    const Evidence evidence = runner.run(lean_request("none"));
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_THAT(changes_of(evidence), ::testing::IsSupersetOf({
                                          "created new",
                                          "created dir",
                                          "created dir/in",
                                          "created fifo",
                                          "created link2",
                                          "changed old",
                                          "deleted gone",
                                          "deleted link",
                                          "deleted moved",
                                          "created away",
                                          "deleted sub",
                                          "created elsewhere",
                                          "created elsewhere/file",
                                          "created hard",
                                      }));
    EXPECT_EQ(find_file(evidence, (place_ / "work/old").string())->size_before, 4U);
  }
  EXPECT_EQ(picture_of(place_ / "work"), picture_of_work_before());
}

TEST_F(PrivateWorldTest, a_trial_has_an_empty_temporary_directory_of_its_own) {
  TrialRunner runner(shell("ls -A $TMPDIR; stat -c %a $TMPDIR; echo left >$TMPDIR/left; echo $TMPDIR"));
  for (int i = 0; i < 2; ++i) {
    const Evidence evidence = runner.run(lean_request("none"));
    const std::string folder = (place_ / "tmp/exitproof-1/tmp").string();
    EXPECT_EQ(evidence.out.head, "700\n" + folder + "\n");
    EXPECT_NE(find_file(evidence, folder + "/left"), nullptr) << explain(evidence);
    EXPECT_FALSE(fs::exists(folder));
  }
}

TEST_F(PrivateWorldTest, leaves_the_machine_as_it_was) {
  try_once(shell("echo new >new; echo left >$TMPDIR/left; rm old"), lean_request("kill@0:unlink:1:after"));
  expect_untouched();
}

TEST_F(PrivateWorldTest, none_undoes_nothing_and_says_so) {
  const Evidence evidence =
      try_once(shell("echo new >new; echo more >>old; echo left >$TMPDIR/left", WorldKind::none), lean_request("none"));
  EXPECT_THAT(changes_of(evidence),
              UnorderedElementsAre("created new", "changed old", "created " + (place_ / "tmp/left").string()));
  EXPECT_TRUE(fs::exists(place_ / "work/new"));
  EXPECT_TRUE(fs::exists(place_ / "tmp/left"));
  EXPECT_THAT(evidence.skipped, Contains(HasSubstr("nothing is removed or put back")));
}

TEST_F(PrivateWorldTest, says_what_cannot_be_undone) {
  fs::resize_file(place_ / "work/gone", KeptFiles::largest + 1);
  write_file(place_ / "outside", "outside\n");
  const Evidence evidence = try_once(shell("rm gone; echo x >>../outside"), lean_request("none"));
  EXPECT_THAT(evidence.skipped, Contains(HasSubstr("work/gone was deleted")));
  EXPECT_THAT(evidence.skipped, Contains(HasSubstr("outside was changed")));
  EXPECT_EQ(read_file(place_ / "outside"), "outside\nx\n");
}

TEST_F(PrivateWorldTest, leaves_alone_what_somebody_else_made_meanwhile) {
  Scenario scenario = shell("rm other; echo ready; until [ -e other ]; do sleep 0.01; done; mkdir own");
  scenario.ready = ReadyWhen::parse("out:ready");
  scenario.drive = "mkdir other";
  const Evidence evidence = try_once(scenario, lean_request("none"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_THAT(changes_of(evidence), UnorderedElementsAre("created own"));
  EXPECT_TRUE(fs::exists(place_ / "work/other"));
  EXPECT_FALSE(fs::exists(place_ / "work/own"));
}

TEST_F(PrivateWorldTest, refuses_what_reaches_beyond_the_trial) {
  const Evidence all = try_once(shell("kill -TERM -1; echo $?"), rich_request());
  EXPECT_EQ(all.out.head, "1\n") << explain(all);
  EXPECT_FALSE(all.denied.empty());
  const Evidence settings = try_once(shell("echo 1 >/proc/sys/vm/swappiness || echo refused"), lean_request("none"));
  EXPECT_THAT(settings.out.head, HasSubstr("refused"));
  EXPECT_FALSE(settings.denied.empty());
}

TEST_F(PrivateWorldTest, ends_what_a_driver_leaves_however_it_hops) {
  // A number of hops that no other test's hopper has: it is looked for below.
  const std::string hops = std::to_string(1'000'000 + ::getpid());
  Scenario scenario = shell("sleep 60");
  scenario.stop = StopBy::parse("SIGTERM");
  scenario.drive = scenario_of({"fork_hopper"}).command.front() + " " + hops;
  TrialRunner runner(scenario);
  const Evidence evidence = runner.run(lean_request("none"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(std::system(("pgrep -f '[f]ork_hopper " + hops + "' >/dev/null").c_str()), 1 << 8)
      << "nothing of it is left";
}

TEST_F(PrivateWorldTest, knows_and_undoes_what_the_next_run_did) {
  TrialRequest request = lean_request("kill-tree@0.2:mkdir:1:after");
  request.next_run = NextRunWhen::always;
  const Evidence evidence =
      try_once(shell("rmdir stale 2>/dev/null || mkdir stale; echo x >made.$$; echo more >>old; rm gone"), request);
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_THAT(changes_of(evidence), UnorderedElementsAre("created stale"));
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  Evidence next;
  next.files = evidence.next_run->files;
  EXPECT_THAT(changes_of(next), UnorderedElementsAre(HasSubstr("created made."), "changed old", "deleted gone"));
  expect_untouched();
}

TEST_F(PrivateWorldTest, a_killed_owner_leaves_no_process_and_no_file) {
  const pid_t owner = ::fork();
  if (owner == 0) {
    ::setpgid(0, 0);
    TrialRunner runner(shell("echo $$ >pid; echo more >>old; echo left >$TMPDIR/left; rm gone; touch all; sleep 1000"));
    runner.run(lean_request("none"));
    ::_exit(0);
  }
  ASSERT_TRUE(comes_true([&] { return fs::exists(place_ / "work/all"); }));
  pid_t subject = 0;
  std::ifstream(place_ / "work/pid") >> subject;
  ASSERT_GT(subject, 1);
  ::kill(-owner, SIGKILL);
  ::kill(owner, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(owner, &status, 0), owner);
  EXPECT_TRUE(comes_true([&] { return ::kill(subject, 0) != 0; }));
  // The folder goes last.
  EXPECT_TRUE(comes_true([&] { return !fs::exists(place_ / "tmp/exitproof-1"); }));
  expect_untouched();
}

}  // namespace
}  // namespace exitproof::testing
