#include "ci/certify/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <system_error>

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Files cannot grow beyond this while it lives: as on a full disk, but for the errno.
class NoRoom {
 public:
  explicit NoRoom(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

class WholeFile : public ::testing::Test {
 protected:
  WholeFile() { fs::create_directory(folder_); }
  ~WholeFile() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name) const { return folder_ / name; }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename());
    return names;
  }

  fs::path folder_ = fs::temp_directory_path() / ("whole-file-" + std::to_string(::getpid()));
};

TEST_F(WholeFile, KeepsTheModeOfWhatItReplaces) {
  write_whole_file(file("a"), "one");
  ASSERT_EQ(::chmod(file("a").c_str(), 0600), 0);
  write_whole_file(file("a"), "two");
  struct stat now {};
  ASSERT_EQ(::stat(file("a").c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777U, 0600U);
  EXPECT_EQ(read_whole_file(file("a")), "two");
}

TEST_F(WholeFile, WithoutRoomNothingAppearsAndWhatWasThereStays) {
  const std::string text(10'000, 'x');
  {
    const NoRoom limit(4096);
    EXPECT_THROW(write_whole_file(file("a"), text), std::system_error);
    EXPECT_THROW(write_new_file(file("a"), text), std::system_error);
  }
  EXPECT_THAT(names(), IsEmpty());
  write_whole_file(file("a"), "before");
  {
    const NoRoom limit(4096);
    EXPECT_THROW(write_whole_file(file("a"), text), std::system_error);
  }
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_EQ(read_whole_file(file("a")), "before");
}

TEST_F(WholeFile, ANewOneReplacesNothing) {
  EXPECT_TRUE(write_new_file(file("a"), "one"));
  EXPECT_FALSE(write_new_file(file("a"), "two"));
  EXPECT_EQ(read_whole_file(file("a")), "one");
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(WholeFile, ALinkStaysAndAPipeIsWrittenTo) {
  write_whole_file(file("a"), "one");
  fs::create_symlink("a", file("link"));
  write_whole_file(file("link"), "two");
  EXPECT_TRUE(fs::is_symlink(file("link")));
  EXPECT_EQ(read_whole_file(file("a")), "two");
  fs::create_symlink("later", file("to-nothing"));
  write_whole_file(file("to-nothing"), "three");
  EXPECT_TRUE(fs::is_symlink(file("to-nothing")));
  EXPECT_EQ(read_whole_file(file("later")), "three");
  write_whole_file("/dev/null", "nothing");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(WholeFile, ToAskWhetherItCanBeWrittenMakesNothing) {
  EXPECT_TRUE(can_write_file(file("a")));
  EXPECT_TRUE(can_write_file("/dev/null"));
  EXPECT_FALSE(can_write_file(folder_));
  EXPECT_FALSE(can_write_file(file("nowhere/a")));
  EXPECT_FALSE(can_write_file(""));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(WholeFile, IsReadAsItWasWritten) {
  const std::string text = std::string(100'000, 'a') + "\xff\n";
  write_whole_file(file("a"), text);
  EXPECT_EQ(read_whole_file(file("a")), text);
  EXPECT_EQ(read_whole_file(file("b")), std::nullopt);
  EXPECT_EQ(read_whole_file("/"), std::nullopt);
  EXPECT_EQ(read_whole_file("/dev/null"), "");
}

TEST_F(WholeFile, ThatNeverEndsIsNone) {
  for (const char* device : {"/dev/zero", "/dev/full"}) {
    try {
      read_whole_file(device);
      FAIL() << device;
    } catch (const FileTooLong& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(device) + " has more than 256 MiB"));
    }
  }
}

}  // namespace
}  // namespace exitproof
