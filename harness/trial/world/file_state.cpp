#include "harness/trial/world/file_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <vector>

#include <fmt/format.h>

#include "harness/linux/digest.hpp"
#include "harness/trial/world/kept_files.hpp"

namespace exitproof {

namespace {

std::string digest_of(const std::string& path, const struct stat& status) {
  if (S_ISLNK(status.st_mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    return {target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
  }
  if (!S_ISREG(status.st_mode) || status.st_size > KeptFiles::largest) {
    return {};
  }
  const sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  return file.is_open() ? sys::digest_of_file(file.get()) : std::string();
}

bool same_moment(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

std::optional<FileState> state_at(const std::string& path) {
  FileState state;
  const auto identity = sys::inode_at(path);
  if (!identity || ::lstat(path.c_str(), &state.status) != 0) {
    return std::nullopt;
  }
  state.identity = *identity;
  state.digest = digest_of(path, state.status);
  return state;
}

bool same_content(const FileState& a, const FileState& b) {
  if ((a.status.st_mode & S_IFMT) != (b.status.st_mode & S_IFMT) || a.digest != b.digest) {
    return false;
  }
  const bool read = !a.digest.empty() || a.status.st_size == 0;
  return !S_ISREG(a.status.st_mode) ||
         (a.status.st_size == b.status.st_size && (read || same_moment(a.status.st_mtim, b.status.st_mtim)));
}

std::optional<bool> content_changed(const FileState& before, const FileState& now) {
  if ((before.status.st_mode & S_IFMT) != (now.status.st_mode & S_IFMT)) {
    return true;
  }
  if (!S_ISREG(now.status.st_mode)) {
    return before.digest != now.digest;
  }
  if (before.status.st_size != now.status.st_size) {
    return true;
  }
  if (before.status.st_size != 0 && (before.digest.empty() || now.digest.empty())) {
    return std::nullopt;
  }
  return before.digest != now.digest;
}

std::string attributes_changed(const struct stat& before, const struct stat& now, bool extended) {
  constexpr mode_t permission_bits = 07777;
  std::vector<std::string> changes;
  if (((before.st_mode ^ now.st_mode) & permission_bits) != 0) {
    changes.push_back(fmt::format("mode ({:04o} instead of {:04o})", now.st_mode & permission_bits,
                                  before.st_mode & permission_bits));
  }
  if (before.st_uid != now.st_uid || before.st_gid != now.st_gid) {
    changes.push_back(
        fmt::format("owner ({}:{} instead of {}:{})", now.st_uid, now.st_gid, before.st_uid, before.st_gid));
  }
  if (extended) {
    changes.emplace_back("set of extended attributes");
  }
  if (S_ISREG(now.st_mode) && !same_moment(before.st_mtim, now.st_mtim)) {
    changes.emplace_back("modification time");
  }
  return fmt::format("{}", fmt::join(changes, ", "));
}

bool same_but_for_time(const FileState& a, const FileState& b) {
  return same_content(a, b) && a.status.st_mode == b.status.st_mode && a.status.st_uid == b.status.st_uid &&
         a.status.st_gid == b.status.st_gid;
}

bool same_state(const FileState& a, const FileState& b) {
  return same_but_for_time(a, b) && (!S_ISREG(a.status.st_mode) || same_moment(a.status.st_mtim, b.status.st_mtim));
}

std::set<sys::Inode> BookedFiles::machines() const {
  std::set<sys::Inode> identities;
  for (const auto& [path, booked] : paths) {
    if (booked.before) {
      identities.insert(booked.before->identity);
    }
  }
  return identities;
}

bool BookedFiles::is_left_by_trial(const BookedFile& booked, const sys::Inode& now) const {
  return booked.left == now || booked.assumed;
}

}  // namespace exitproof
