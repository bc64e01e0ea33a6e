#include "harness/linux/file_kind.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

FileKind kind_of_fd(int fd) {
  return kind_of_descriptor(::getpid(), fd);
}

FileKind kind_of_opened(const char* path, int flags) {
  const UniqueFd file(::open(path, flags | O_CLOEXEC, 0600));
  return kind_of_fd(file.get());
}

FileKind kind_at(const std::string& path) {
  return kind_of_path(::getpid(), path);
}

TEST(FileKind, of_descriptors) {
  EXPECT_EQ(kind_of_opened("/tmp", O_TMPFILE | O_WRONLY), FileKind::disk);
  EXPECT_EQ(kind_of_opened("/tmp", O_RDONLY), FileKind::directory);
  EXPECT_EQ(kind_of_opened("/proc/self/comm", O_WRONLY), FileKind::special);
  EXPECT_EQ(kind_of_opened("/dev/null", O_WRONLY), FileKind::special);
  EXPECT_EQ(kind_of_opened("/dev/ptmx", O_RDWR | O_NOCTTY), FileKind::terminal);
  const UniqueFd event(::eventfd(0, EFD_CLOEXEC));
  EXPECT_EQ(kind_of_fd(event.get()), FileKind::special);
  const UniqueFd memory(::memfd_create("kind", MFD_CLOEXEC));
  EXPECT_EQ(kind_of_fd(memory.get()), FileKind::memory);
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  EXPECT_EQ(kind_of_fd(writer.get()), FileKind::pipe);
  EXPECT_EQ(kind_of_fd(-1), FileKind::unknown);
}

TEST(FileKind, of_sockets_is_whether_their_messages_have_bounds) {
  for (const auto& [type, kind] : {std::pair{SOCK_STREAM, FileKind::stream},
                                   {SOCK_DGRAM, FileKind::message},
                                   {SOCK_SEQPACKET, FileKind::message}}) {
    const UniqueFd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    EXPECT_EQ(kind_of_fd(socket.get()), kind);
  }
}

TEST(FileKind, of_paths_that_are_there_or_not_yet) {
  EXPECT_EQ(kind_at("/tmp"), FileKind::directory);
  EXPECT_EQ(kind_at("/tmp/file_kind_test.none"), FileKind::disk);
  EXPECT_EQ(kind_at("/file_kind_test.none"), FileKind::disk);
  EXPECT_EQ(kind_at("/dev/null"), FileKind::special);
  EXPECT_EQ(kind_at("/proc/self/comm"), FileKind::special);
  EXPECT_EQ(kind_at("/proc/self/file_kind_test.none"), FileKind::special);
}

}  // namespace
}  // namespace exitproof::sys
