#include "harness/trial/world/world_reuse.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "harness/linux/directory.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof {

namespace {

using sys::checked;
using sys::UniqueFd;

// More than this takes longer to remove than a new world takes to make.
constexpr std::size_t most_removed = 64;

bool lies_in_a_layer(FileType type) {
  switch (type) {
    case FileType::regular:
    case FileType::directory:
    case FileType::symlink:
    case FileType::socket:
    case FileType::fifo:
      return true;
    default:
      return false;
  }
}

// Below `root` whatever the path says: the subject chose the names.
UniqueFd open_directory_in(int root, const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

bool remove_one(int root, const FileChange& created) {
  const auto slash = created.path.rfind('/');
  const UniqueFd parent = open_directory_in(root, created.path.substr(0, slash + 1));
  const std::string name = created.path.substr(slash + 1);
  return parent.is_open() && !name.empty() &&
         ::unlinkat(parent.get(), name.c_str(), created.type == FileType::directory ? AT_REMOVEDIR : 0) == 0;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

bool remove_created(int root, const std::vector<FileChange>& changes) {
  const bool removable =
      changes.size() <= most_removed && std::all_of(changes.begin(), changes.end(), [](const FileChange& change) {
        return change.kind == ChangeKind::created && change.path.starts_with('/') && lies_in_a_layer(change.type);
      });
  // Sorted by path, what lies in a directory comes after it.
  return removable && std::all_of(changes.rbegin(), changes.rend(),
                                  [root](const FileChange& change) { return remove_one(root, change); });
}

bool restore_directories(int upper, int lower) {
  struct stat now {};
  struct stat before {};
  checked(::fstat(upper, &now), "stat of an upper directory");
  if (::fstat(lower, &before) != 0 || !S_ISDIR(before.st_mode)) {
    return false;
  }
  for (const auto& name : sys::names_in(upper, ".")) {
    const UniqueFd inner(::openat(upper, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const UniqueFd under(::openat(lower, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.is_open() || !under.is_open() || !restore_directories(inner.get(), under.get())) {
      return false;
    }
  }
  if (!same_time(now.st_mtim, before.st_mtim)) {
    const timespec times[] = {before.st_atim, before.st_mtim};
    checked(::futimens(upper, times), "restore the times of a directory");
  }
  return true;
}

}  // namespace exitproof
