#include "harness/trial/world/private_world.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
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

#include "harness/linux/digest.hpp"
#include "harness/linux/unique_fd.hpp"
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

/// All that is in the tree: type, mode, number of names; content and modification time of files, large ones by digest.
std::vector<std::string> picture_of(const fs::path& tree) {
  std::vector<std::string> picture;
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    struct stat status {};
    ::lstat(entry.path().c_str(), &status);
    std::string text = entry.path().string() + fmt::format(" {:o} {}", status.st_mode, status.st_nlink);
    if (entry.is_symlink()) {
      text += " -> " + fs::read_symlink(entry).string();
    } else if (entry.is_regular_file()) {
      const sys::UniqueFd file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
      text += " = " + (status.st_size > 1000 ? sys::digest_of_file(file.get()) : read_file(entry)) + " @ " +
              std::to_string(entry.last_write_time().time_since_epoch().count());
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

  /// Each of other content.
  void make_files(const std::vector<std::string>& names, std::uintmax_t size) {
    for (const std::string& name : names) {
      write_file(place_ / "work" / name, name);
      fs::resize_file(place_ / "work" / name, size);
    }
    before_ = picture_of(place_);
  }

  void expect_undone(const std::string& script) const {
    const Evidence evidence = try_once(shell(script), lean_request("none"));
    EXPECT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_TRUE(evidence.root_end && evidence.root_end->success()) << script << "\n" << evidence.err.head;
    EXPECT_THAT(evidence.skipped, ::testing::Not(Contains(HasSubstr("stays so")))) << script;
    EXPECT_EQ(picture_of(place_), before_) << script;
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

TEST_F(PrivateWorldTest, none_calls_a_change_lasting_only_when_it_is_there_after_all) {
  const Scenario makes_again = shell("rm old; echo old >old; rm moved; echo moved >moved", WorldKind::none);
  for (const char* plan : {"none", "kill@0:open:1", "kill@0.1:exit:1"}) {
    TrialRequest request = lean_request(plan);
    request.next_run = NextRunWhen::always;
    EXPECT_THAT(try_once(makes_again, request).lasting_changes, ::testing::IsEmpty()) << plan;
  }
  const Evidence evidence =
      try_once(shell("rm old; chmod 600 moved; echo x >>sub/file", WorldKind::none), lean_request("none"));
  EXPECT_THAT(evidence.lasting_changes,
              UnorderedElementsAre(HasSubstr("work/old: this file of the machine was deleted"),
                                   HasSubstr("work/moved: this file of the machine was changed"),
                                   HasSubstr("work/sub/file: this file")));
}

TEST_F(PrivateWorldTest, says_what_cannot_be_undone) {
  fs::resize_file(place_ / "work/gone", KeptFiles::largest + 1);
  write_file(place_ / "outside", "outside\n");
  const Evidence evidence = try_once(shell("rm gone; echo x >>../outside"), lean_request("none"));
  EXPECT_THAT(evidence.skipped, Contains(HasSubstr("work/gone: this file of the machine was deleted")));
  EXPECT_THAT(evidence.skipped, Contains(HasSubstr("outside: this file of the machine was changed")));
  EXPECT_EQ(read_file(place_ / "outside"), "outside\nx\n");
}

TEST_F(PrivateWorldTest, files_that_change_places_come_back_whatever_their_order) {
  const auto cycle = [](const std::string& a, const std::string& b, const std::string& c) {
    return "mv " + a + " t; mv " + b + " " + a + "; mv " + c + " " + b + "; mv t " + c;
  };
  make_files({"a", "b", "c"}, 100);
  make_files({"x", "y", "z"}, KeptFiles::largest + 1);
  expect_undone("mv a t; mv b a; mv t b");
  expect_undone("mv x t; mv y x; mv t y");
  expect_undone(cycle("a", "b", "c"));
  expect_undone(cycle("x", "y", "z"));
  expect_undone(cycle("z", "y", "x"));
  expect_undone(cycle("y", "x", "z"));
  expect_undone(cycle("y", "b", "sub"));
}

TEST_F(PrivateWorldTest, a_large_file_comes_back_from_wherever_it_was_moved) {
  make_files({"x", "y"}, KeptFiles::largest + 1);
  expect_undone("mv x old");  // onto a small one
  expect_undone("mkdir new; mv x new/x; mv new newer; chmod 000 newer");
  expect_undone("mv x t; mkdir x; mv t x/x; echo junk >x/junk");
  expect_undone("mv x sub/x; mv sub elsewhere; mkdir sub; echo junk >sub/x");
  expect_undone("mv x ../tmp/away; mv y x; echo junk >y");
  expect_undone("mv x $TMPDIR/x");
  expect_undone("mkdir $TMPDIR/d; mv x $TMPDIR/d/x; mv $TMPDIR/d $TMPDIR/e");
}

TEST_F(PrivateWorldTest, a_directory_of_the_machine_comes_back_with_all_that_is_in_it) {
  expect_undone("mv sub elsewhere; mkdir sub; echo junk >sub/file");
  expect_undone("mv sub elsewhere; echo more >>elsewhere/file; echo junk >elsewhere/junk");
  expect_undone("mv sub elsewhere; mkdir sub; echo junk >sub/file; rm elsewhere/file");
  expect_undone("mv sub elsewhere; rm -r elsewhere");
  expect_undone("mv sub elsewhere; rm -r elsewhere; echo junk >sub");
  expect_undone("mkdir new; mv sub new/sub; mv new sub; echo more >>sub/sub/file");
  expect_undone("mv sub/file t; rmdir sub; mv t sub");
  expect_undone("mkdir -p new/in; mv sub new/in/sub; mv new/in/sub/file t; rmdir new/in/sub; mv old sub; mv t old");
  expect_undone("chmod 000 sub");
  expect_undone("mv sub elsewhere; chmod 000 elsewhere");
  expect_undone("rm -r sub; mkdir -p sub/file/deeper");
}

TEST_F(PrivateWorldTest, a_file_in_the_place_of_a_directory_that_it_belongs_to_comes_back) {
  fs::create_directories(place_ / "work/w/p/q");
  make_files({"w/p/q/d"}, KeptFiles::largest + 1);
  expect_undone("mv w/p so; rmdir w; mv so/q/d w");
  expect_undone("mv w/p so; rmdir w; mv sub w; mv so/q/d w/d");
}

TEST_F(PrivateWorldTest, every_kind_of_file_comes_back_as_what_it_was) {
  fs::create_hard_link(place_ / "work/old", place_ / "work/twin");
  fs::create_hard_link(place_ / "work/gone", place_ / "twin-outside");
  ASSERT_EQ(::mkfifo((place_ / "work/fifo").c_str(), 0620), 0);
  fs::create_directory(place_ / "work/empty");
  write_file(place_ / "outside", "outside\n");
  before_ = picture_of(place_);
  expect_undone("rm link; ln -s gone link");
  expect_undone("rm link fifo; mkdir link; echo junk >fifo");
  expect_undone("rm old; mkdir old; echo junk >old/junk");
  expect_undone("echo more >>twin");
  expect_undone("rm twin; echo more >>old");
  expect_undone("rm gone");
  expect_undone("echo more >>gone; rm gone; echo junk >gone");
  expect_undone("ln old alias; echo more >>alias; rm old twin");
  expect_undone("chmod 0777 old fifo empty ../outside");
  expect_undone("touch -d 2001-01-01 old ../outside");
  expect_undone("echo new >t; mv t old");
}

// What is kept of a file is kept by the name that was met first, and it may be written by another alone.
TEST_F(PrivateWorldTest, a_file_comes_back_that_was_changed_by_its_second_name_only) {
  fs::create_hard_link(place_ / "work/old", place_ / "work/twin");
  before_ = picture_of(place_);
  const Evidence evidence = try_once(shell("echo more >>old; printf X | dd of=twin conv=notrunc 2>dd; rm dd"),
                                     lean_request("EACCES@0:open=work%2Fold:1"));
  EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
  EXPECT_THAT(evidence.skipped, ::testing::Not(Contains(HasSubstr("stays so"))));
  EXPECT_EQ(picture_of(place_), before_);
}

// The next file on a disk may get the number of the last one that is gone.
TEST_F(PrivateWorldTest, a_reused_inode_is_not_the_file_that_had_it) {
  fs::create_directories(place_ / "work/empty");
  fs::create_directories(place_ / "work/rot");
  write_file(place_ / "work/rot/old", "old\n");
  before_ = picture_of(place_);
  expect_undone("rmdir empty; mkdir f; echo 1 >f/x");
  expect_undone("rm rot/old; echo junk >rot/zz");
  expect_undone("rm rot/old; rmdir empty; mkdir rot/a rot/b; for i in 1 2 3 4 5 6; do echo junk >rot/a/$i; done");
  expect_undone("rm old gone; echo junk >gone; echo junk >old");
}

TEST_F(PrivateWorldTest, what_somebody_else_puts_in_a_moved_files_place_stays) {
  Scenario scenario = shell("mv old away; rm gone; echo ready; until [ -e sub/go ]; do sleep 0.01; done");
  scenario.ready = ReadyWhen::parse("out:ready");
  scenario.drive = "echo theirs >old; echo theirs >gone; touch sub/go";
  const Evidence evidence = try_once(scenario, lean_request("none"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(read_file(place_ / "work/old"), "theirs\n");
  EXPECT_EQ(read_file(place_ / "work/gone"), "theirs\n");
  EXPECT_EQ(read_file(place_ / "work/away"), "old\n");
  EXPECT_THAT(evidence.skipped, Contains(HasSubstr("work/old: this file of the machine was moved to " +
                                                   (place_ / "work/away").string())));
  EXPECT_THAT(evidence.skipped,
              Contains(HasSubstr("work/gone: this file of the machine was replaced by somebody else")));
}

TEST_F(PrivateWorldTest, what_others_write_between_two_trials_stays) {
  TrialRunner runner(shell("echo more >>old"));
  EXPECT_FALSE(runner.run(lean_request("none")).harness_error);
  write_file(place_ / "work/old", "theirs\n");
  EXPECT_FALSE(runner.run(lean_request("none")).harness_error);
  EXPECT_EQ(read_file(place_ / "work/old"), "theirs\n");
}

TEST_F(PrivateWorldTest, what_the_subject_did_not_change_is_not_put_back) {
  Scenario scenario = shell("rmdir old; echo ready; until [ -e sub/go ]; do sleep 0.01; done");
  scenario.ready = ReadyWhen::parse("out:ready");
  scenario.drive = "echo theirs >>old; touch sub/go";
  try_once(scenario, lean_request("none"));
  EXPECT_EQ(read_file(place_ / "work/old"), "old\ntheirs\n");
}

TEST_F(PrivateWorldTest, the_next_run_moves_directories_too) {
  TrialRequest request = lean_request("none");
  request.next_run = NextRunWhen::always;
  const Evidence evidence = try_once(
      shell("mv sub elsewhere; echo more >>elsewhere/file; echo junk >elsewhere/junk; mv elsewhere sub; rm sub/junk"),
      request);
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  expect_untouched();
}

TEST_F(PrivateWorldTest, says_that_what_validators_write_stays) {
  Scenario scenario = shell("echo new >new");
  const auto of_validators = Contains(HasSubstr("files of validators"));
  EXPECT_THAT(try_once(scenario, lean_request("none")).skipped, ::testing::Not(of_validators));
  scenario.contract.validators.emplace_back("new", "true");
  EXPECT_THAT(try_once(scenario, lean_request("none")).skipped, of_validators);
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
