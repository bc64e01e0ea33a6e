#include "harness/trial/world/late_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/linux/unique_fd.hpp"

namespace exitproof {

namespace {

using sys::UniqueFd;

UniqueFd open_path_in(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(O_PATH | O_CLOEXEC | flags);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

void copy_up_file(const UniqueFd& file, const struct stat& status) {
  const std::string self = fmt::format("/proc/self/fd/{}", file.get());
  if (S_ISREG(status.st_mode) && UniqueFd(::open(self.c_str(), O_WRONLY | O_CLOEXEC)).is_open()) {
    return;
  }
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    // A program that runs cannot be opened for writing.
    static_cast<void>(!::chmod(self.c_str(), status.st_mode & 07777U));
  }
}

}  // namespace

void copy_up_through(int root, const std::string& path) {
  UniqueFd file = open_path_in(root, path, O_NOFOLLOW);
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
    return;
  }
  if (S_ISLNK(status.st_mode)) {
    static_cast<void>(!::fchownat(file.get(), "", static_cast<uid_t>(-1), static_cast<gid_t>(-1), AT_EMPTY_PATH));
    file = open_path_in(root, path, 0);
    if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
      return;
    }
  }
  copy_up_file(file, status);
}

unsigned long names_of(int root, const std::string& path) {
  const UniqueFd file = open_path_in(root, path, O_NOFOLLOW);
  struct stat status {};
  return file.is_open() && ::fstat(file.get(), &status) == 0 ? status.st_nlink : 0;
}

}  // namespace exitproof
