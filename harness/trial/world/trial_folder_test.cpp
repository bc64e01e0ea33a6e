#include "harness/trial/world/trial_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "harness/linux/inode.hpp"
#include "harness/trial/tree/call_paths.hpp"
#include "harness/trial/world/kept_files.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

/// Waits until a file born now is told from this one; a tick of the kernel.
bool later_than(const fs::path& path) {
  const auto inode = sys::inode_at(path.string());
  while (inode && sys::birth_of_now() <= inode->born) {
  }
  return inode && inode->born != 0;
}

class TrialFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    place_ = fs::temp_directory_path() / ("exitproof-folder-" + std::to_string(::getpid()));
    fs::create_directories(place_);
    scenario_.working_directory = "/";
    scenario_.environment = {{"TMPDIR", place_.string()}};
  }
  void TearDown() override { remove_tree(place_.string()); }

  fs::path place_;
  Scenario scenario_;
};

TEST_F(TrialFolderTest, has_the_first_name_that_nobody_holds) {
  std::optional<TrialFolder> first(scenario_);
  EXPECT_EQ(first->path(), fs::canonical(place_) / "exitproof-1");
  EXPECT_EQ(TrialFolder(scenario_).path(), fs::canonical(place_) / "exitproof-2");
  first->remove();
  EXPECT_FALSE(fs::exists(first->path()));
  first.reset();
  EXPECT_EQ(TrialFolder(scenario_).path(), fs::canonical(place_) / "exitproof-1");
}

TEST_F(TrialFolderTest, puts_back_what_a_killed_harness_had_kept) {
  const fs::path file = place_ / "file";
  write_file(file, "before");
  {
    const TrialFolder killed(scenario_);
    KeptFiles(killed.kept_files()).keep(file.string(), file.string());
    fs::create_directories(killed.temporary_files() + "/left/over");
    write_file(file, "after");
  }
  const TrialFolder next(scenario_);
  EXPECT_EQ(read_file(file), "before");
  EXPECT_FALSE(fs::exists(next.temporary_files()));
}

TEST_F(TrialFolderTest, what_its_user_wrote_long_after_a_killed_harness_stays) {
  const fs::path file = place_ / "file";
  write_file(file, "before");
  {
    const TrialFolder killed(scenario_);
    KeptFiles(killed.kept_files()).keep(file.string(), file.string());
    write_file(file, "theirs");
    fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(1));
  }
  const TrialFolder next(scenario_);
  EXPECT_EQ(read_file(file), "theirs");
  EXPECT_EQ(next.path(), fs::canonical(place_) / "exitproof-2");
}

TEST_F(TrialFolderTest, an_old_file_that_was_moved_onto_another_is_not_replaced) {
  write_file(place_ / "large", "large");
  write_file(place_ / "file", "before");
  ASSERT_TRUE(later_than(place_ / "file"));
  const KeptFiles kept((place_ / "kept").string());
  KeptFiles((place_ / "kept").string()).keep((place_ / "file").string(), (place_ / "file").string());
  fs::rename(place_ / "large", place_ / "file");
  EXPECT_FALSE(kept.put_all_back());
  EXPECT_EQ(read_file(place_ / "file"), "large");
}

TEST_F(TrialFolderTest, a_folder_with_an_old_file_is_kept) {
  write_file(place_ / "large", "large");
  ASSERT_TRUE(later_than(place_ / "large"));
  const TrialFolder folder(scenario_);
  KeptFiles(folder.kept_files()).empty();
  fs::create_directories(folder.temporary_files() + "/in");
  EXPECT_FALSE(folder.holds_old_file());
  fs::rename(place_ / "large", folder.temporary_files() + "/in/large");
  EXPECT_TRUE(folder.holds_old_file());
  EXPECT_FALSE(folder.remove());
  EXPECT_TRUE(fs::exists(folder.temporary_files() + "/in/large"));
}

TEST_F(TrialFolderTest, lies_outside_of_the_working_directory) {
  scenario_.working_directory = fs::canonical(place_).string();
  const TrialFolder folder(scenario_);
  EXPECT_FALSE(folder.path().starts_with(scenario_.working_directory + "/")) << folder.path();
  folder.remove();
}

TEST_F(TrialFolderTest, a_tree_without_rights_is_removed_too) {
  fs::create_directories(place_ / "tree/closed/inner");
  write_file(place_ / "tree/closed/inner/file", "text");
  fs::create_symlink(place_, place_ / "tree/link");
  fs::permissions(place_ / "tree/closed/inner", fs::perms::none);
  fs::permissions(place_ / "tree/closed", fs::perms::none);
  EXPECT_TRUE(remove_tree((place_ / "tree").string()));
  EXPECT_FALSE(fs::exists(place_ / "tree"));
  EXPECT_TRUE(fs::exists(place_));
}

TEST_F(TrialFolderTest, kept_files_come_back_in_content_mode_and_times) {
  KeptFiles kept((place_ / "kept").string());
  const fs::path file = place_ / "file";
  write_file(file, "before");
  fs::permissions(file, fs::perms(0640));
  const struct stat before = status_of(file);
  kept.keep(file.string(), file.string());
  EXPECT_TRUE(kept.has(file.string()));
  EXPECT_FALSE(kept.has((place_ / "other").string()));
  const auto spoil = {+[](const fs::path& path) { write_file(path, "longer than before"); },
                      +[](const fs::path& path) { fs::remove(path); },
                      +[](const fs::path& path) { fs::permissions(path, fs::perms::none); },
                      +[](const fs::path& path) {
                        fs::remove(path);
                        fs::create_symlink("elsewhere", path);
                      }};
  for (const auto& way : spoil) {
    way(file);
    EXPECT_TRUE(kept.put_back(file.string()));
    const struct stat after = status_of(file);
    EXPECT_EQ(read_file(file), "before");
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
  }
}

TEST_F(TrialFolderTest, putting_back_leaves_another_file_of_that_name_elsewhere_alone) {
  KeptFiles kept((place_ / "kept").string());
  write_file(place_ / "file", "before");
  write_file(place_ / "other", "other");
  kept.keep((place_ / "file").string(), (place_ / "file").string());
  fs::remove(place_ / "file");
  fs::create_hard_link(place_ / "other", place_ / "file");
  EXPECT_TRUE(kept.put_all_back());
  EXPECT_EQ(read_file(place_ / "file"), "before");
  EXPECT_EQ(read_file(place_ / "other"), "other");
}

TEST_F(TrialFolderTest, large_files_are_not_kept) {
  KeptFiles kept((place_ / "kept").string());
  write_file(place_ / "large", "");
  fs::resize_file(place_ / "large", KeptFiles::largest + 1);
  kept.keep((place_ / "large").string(), (place_ / "large").string());
  EXPECT_FALSE(kept.has((place_ / "large").string()));
}

TEST_F(TrialFolderTest, paths_are_resolved_whether_they_exist_or_not) {
  const std::string real = fs::canonical(place_).string();
  fs::create_directory(place_ / "dir");
  fs::create_directory_symlink("dir", place_ / "link");
  fs::create_symlink("dir/file", place_ / "dangling");
  EXPECT_EQ(resolve_path(real + "/link/file", true), real + "/dir/file");
  EXPECT_EQ(resolve_path(real + "/dangling", true), real + "/dir/file");
  EXPECT_EQ(resolve_path(real + "/dangling", false), real + "/dangling");
  EXPECT_EQ(resolve_path(real + "/dir/../link/", false), real + "/link");
  EXPECT_EQ(resolve_path(real + "/absent/file", true), "");
  fs::create_symlink("loop", place_ / "loop");
  EXPECT_EQ(resolve_path(real + "/loop", true), "");
}

}  // namespace
}  // namespace exitproof
