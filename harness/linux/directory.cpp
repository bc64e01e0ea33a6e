#include "harness/linux/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

#include <memory>
#include <string_view>

#include "harness/linux/kernel_error.hpp"

namespace exitproof::sys {

std::set<std::string> names_in(int directory, const std::string& path) {
  const auto attempt = "read the directory " + path;
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV;
  UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how)));
  if (!fd.is_open() && errno == EXDEV) {
    return {};
  }
  checked(fd.get(), attempt);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd.get()), &::closedir);
  if (!stream) {
    throw_errno(attempt);
  }
  fd.release();
  std::set<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      names.emplace(name);
    }
  }
  if (errno != 0) {
    throw_errno(attempt);
  }
  return names;
}

UniqueFd open_root(pid_t pid) {
  return UniqueFd(::open(fmt::format("/proc/{}/root", pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

UniqueFd open_below(int root, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC | flags;
  how.resolve = RESOLVE_IN_ROOT;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

}  // namespace exitproof::sys
