#include "harness/trial/world/file_changes.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/linux/unique_fd.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Writes by hand what an overlay would leave in its upper layer.
class FileChanges : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "exitproof-layers-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    fs::create_directories(lower() / "dir" / "deep");
    write_file(lower() / "dir" / "kept", "kept");
    write_file(lower() / "dir" / "deep" / "file", "file");
    write_file(lower() / "top", "top");
    fs::create_directory(upper());
  }

  void TearDown() override { fs::remove_all(directory_); }

  fs::path lower() const { return directory_ / "lower"; }
  fs::path upper() const { return directory_ / "upper"; }

  static void write_file(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  static void whiteout(const fs::path& path) { ASSERT_EQ(::mknod(path.c_str(), S_IFCHR, makedev(0, 0)), 0); }

  static void mark(const fs::path& path, const std::string& name, const std::string& value) {
    if (::setxattr(path.c_str(), ("user.overlay." + name).c_str(), value.data(), value.size(), 0) != 0) {
      GTEST_SKIP() << "no user attributes in " << path;
    }
  }

  std::vector<std::string> changes(bool merged = true) const {
    const sys::UniqueFd upper_layer(::open(upper().c_str(), O_PATH | O_DIRECTORY));
    const sys::UniqueFd lower_layer(::open(lower().c_str(), O_PATH | O_DIRECTORY));
    std::vector<FileChange> found;
    add_layer_changes({upper_layer.get(), lower_layer.get(), merged, true, "/"}, found);
    std::vector<std::string> lines;
    lines.reserve(found.size());
    for (const auto& change : found) {
      lines.push_back(std::string(change_kind_name(change.kind)) + ' ' + change.path);
    }
    return lines;
  }

  fs::path directory_;
};

TEST_F(FileChanges, are_none_in_an_empty_layer) {
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(FileChanges, are_none_for_a_directory_that_was_copied_for_what_is_in_it) {
  fs::create_directory(upper() / "dir");
  write_file(upper() / "dir" / "new", "new");
  EXPECT_THAT(changes(), UnorderedElementsAre("created /dir/new"));
}

TEST_F(FileChanges, are_deletions_where_a_whiteout_covers_something) {
  whiteout(upper() / "top");
  whiteout(upper() / "never-there");
  EXPECT_THAT(changes(), UnorderedElementsAre("deleted /top"));
}

TEST_F(FileChanges, compare_a_replaced_directory_with_what_it_was) {
  fs::create_directory(upper() / "dir");
  mark(upper() / "dir", "opaque", "y");
  write_file(upper() / "dir" / "kept", "other");
  EXPECT_THAT(changes(), UnorderedElementsAre("changed /dir/kept", "deleted /dir/deep"));
}

TEST_F(FileChanges, follow_a_directory_that_was_renamed_and_changed) {
  whiteout(upper() / "dir");
  fs::create_directory(upper() / "moved");
  mark(upper() / "moved", "redirect", "dir");
  whiteout(upper() / "moved" / "kept");
  write_file(upper() / "moved" / "new", "new");
  EXPECT_THAT(changes(), UnorderedElementsAre("deleted /dir", "created /moved", "created /moved/deep",
                                              "created /moved/deep/file", "created /moved/new"));
}

TEST_F(FileChanges, follow_a_directory_that_moved_to_another_directory) {
  fs::create_directories(upper() / "dir");
  whiteout(upper() / "dir" / "deep");
  fs::create_directory(upper() / "up");
  mark(upper() / "up", "redirect", "/dir/deep");
  EXPECT_THAT(changes(), UnorderedElementsAre("deleted /dir/deep", "created /up", "created /up/file"));
}

TEST_F(FileChanges, see_a_file_become_a_directory_and_a_directory_a_file) {
  fs::create_directory(upper() / "top");
  mark(upper() / "top", "opaque", "y");
  write_file(upper() / "top" / "inside", "x");
  write_file(upper() / "dir", "now a file");
  EXPECT_THAT(changes(), UnorderedElementsAre("changed /top", "created /top/inside", "changed /dir"));
}

TEST_F(FileChanges, compare_two_whole_directories_when_they_are_not_merged) {
  write_file(upper() / "new", "new");
  EXPECT_THAT(changes(false), UnorderedElementsAre("created /new", "deleted /dir", "deleted /top"));
}

}  // namespace
}  // namespace exitproof
