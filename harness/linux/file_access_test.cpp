#include "harness/linux/file_access.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace exitproof::sys {
namespace {

namespace fs = std::filesystem;

class MayReadTest : public ::testing::Test {
 protected:
  MayReadTest() {
    std::string name = fs::canonical(fs::temp_directory_path()) / "may_read_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    ::chmod(folder_.c_str(), 0755);
    file_ = folder_ / "file";
    std::ofstream(file_) << "text";
    ::chmod(file_.c_str(), 0644);
  }
  ~MayReadTest() override { fs::remove_all(folder_); }

  /// Asked of a child process that has become nobody.
  bool nobody_may() const {
    int ready[2];
    int done[2];
    EXPECT_EQ(::pipe(ready), 0);
    EXPECT_EQ(::pipe(done), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      char end = 0;
      ::close(done[1]);
      const bool is_nobody = ::setgid(65534) == 0 && ::setuid(65534) == 0;
      const ssize_t told = ::write(ready[1], &is_nobody, 1);
      ::_exit(told == 1 && ::read(done[0], &end, 1) == 0 ? 0 : 1);
    }
    bool is_nobody = false;
    EXPECT_EQ(::read(ready[0], &is_nobody, 1), 1);
    EXPECT_TRUE(is_nobody);
    const bool may = may_read(child, file_);
    for (const int fd : {ready[0], ready[1], done[0], done[1]}) {
      ::close(fd);
    }
    ::waitpid(child, nullptr, 0);
    return may;
  }

  fs::path folder_;
  fs::path file_;
};

TEST_F(MayReadTest, its_own_user) {
  EXPECT_TRUE(may_read(::getpid(), file_));
  EXPECT_FALSE(may_read(::getpid(), folder_));
  EXPECT_FALSE(may_read(::getpid(), folder_ / "nothing"));
}

TEST_F(MayReadTest, another_user) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs two users";
  }
  EXPECT_TRUE(nobody_may());
  ::chmod(file_.c_str(), 0640);
  EXPECT_FALSE(nobody_may());
  ::chown(file_.c_str(), 0, 65534);
  EXPECT_TRUE(nobody_may());
  ::chmod(folder_.c_str(), 0700);
  EXPECT_FALSE(nobody_may());
}

}  // namespace
}  // namespace exitproof::sys
