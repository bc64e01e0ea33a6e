#include "harness/linux/directory.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <memory>
#include <string_view>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

std::set<std::string> names_in(int directory, const std::string& path) {
  const auto attempt = "read the directory " + path;
  UniqueFd fd(checked(::openat(directory, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), attempt));
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

}  // namespace exitproof::sys
