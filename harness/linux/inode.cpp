#include "harness/linux/inode.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <charconv>
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
  Inode inode;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](auto& value) {
    const auto [after, error] = std::from_chars(at, end, value);
    at = after;
    return error == std::errc();
  };
  const auto colon = [&] { return at != end && *at++ == ':'; };
  const bool whole = number(inode.device) && colon() && number(inode.number) && colon() && number(inode.born);
  return whole && at == end ? std::optional(inode) : std::nullopt;
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
