#include "harness/linux/inode.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cinttypes>
#include <cstdio>
#include <ctime>

namespace exitproof::sys {

namespace {

constexpr std::int64_t second = 1'000'000'000;

}  // namespace

std::optional<Inode> inode_at(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_INO | STATX_BTIME, &status) != 0) {
    return std::nullopt;
  }
  Inode inode{makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino, 0};
  if ((status.stx_mask & STATX_BTIME) != 0) {
    inode.born = status.stx_btime.tv_sec * second + status.stx_btime.tv_nsec;
  }
  return inode;
}

std::string print(const Inode& inode) {
  return fmt::format("{}:{}:{}", inode.device, inode.number, inode.born);
}

std::optional<Inode> parse_inode(const std::string& text) {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::int64_t born = 0;
  if (std::sscanf(text.c_str(), "%" SCNu64 ":%" SCNu64 ":%" SCNd64, &device, &number, &born) != 3) {
    return std::nullopt;
  }
  return Inode{device, number, born};
}

std::int64_t birth_of_now() {
  const auto read = [](clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return now.tv_sec * second + now.tv_nsec;
  };
  // A file may be given the time of the fine clock, and one that is born later that of the coarse one, which lags.
  const std::int64_t now = read(CLOCK_REALTIME);
  while (read(CLOCK_REALTIME_COARSE) <= now) {
    const timespec rest{0, 500'000};
    ::nanosleep(&rest, nullptr);
  }
  return now;
}

}  // namespace exitproof::sys
