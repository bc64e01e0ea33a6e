#include "harness/linux/file_copy.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <string_view>
#include <vector>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

namespace {

// What a user namespace shows as the owner of a file whose owner it does not know; see
// user_namespaces(7). The machine's user of that number may be the caller.
constexpr uid_t overflow_uid = 65534;

bool is_bookkeeping(std::string_view name) {
  return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.") ||
         (name.starts_with("security.") && name != "security.capability");
}

// fgetxattr(2) refuses O_PATH descriptors; the path through /proc does not.
std::string path_of(int fd) {
  return "/proc/self/fd/" + std::to_string(fd);
}

mode_t granted_to_caller(int fd) {
  constexpr std::array<std::pair<int, mode_t>, 3> rights = {{{R_OK, S_IRUSR}, {W_OK, S_IWUSR}, {X_OK, S_IXUSR}}};
  mode_t granted = 0;
  for (const auto& [right, bit] : rights) {
    if (::syscall(SYS_faccessat2, fd, "", right, AT_EACCESS | AT_EMPTY_PATH) == 0) {
      granted |= bit;
    }
  }
  return granted;
}

bool copy_regular(int from_directory, int to_directory, const std::string& name) {
  const UniqueFd from(::openat(from_directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!from.is_open()) {
    return false;
  }
  const UniqueFd to(checked(
      ::openat(to_directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR),
      "make a copy of " + name));
  copy_content(from.get(), to.get());
  give_attributes(to.get(), read_attributes(from.get()));
  return true;
}

bool copy_symlink(int from_directory, int to_directory, const std::string& name, const struct stat& status) {
  std::array<char, PATH_MAX> target{};
  if (::readlinkat(from_directory, name.c_str(), target.data(), target.size() - 1) < 0) {
    return false;
  }
  checked(::symlinkat(target.data(), to_directory, name.c_str()), "make a copy of the link " + name);
  // The owner of a link gives no rights: it may stay the caller.
  static_cast<void>(::fchownat(to_directory, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW));
  const std::array times = {status.st_atim, status.st_mtim};
  checked(::utimensat(to_directory, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW), "set the times of " + name);
  return true;
}

bool copy_directory(int from_directory, int to_directory, const std::string& name) {
  const UniqueFd from(::openat(from_directory, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!from.is_open()) {
    return false;
  }
  if (::mkdirat(to_directory, name.c_str(), S_IRWXU) != 0) {
    return errno == EEXIST ? true : (throw_errno("make a copy of the directory " + name), false);
  }
  const UniqueFd to(checked(::openat(to_directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                            "open the copy of " + name));
  give_attributes(to.get(), read_attributes(from.get()));
  return true;
}

}  // namespace

std::map<std::string, std::string> extended_attributes(int fd) {
  std::map<std::string, std::string> attributes;
  const auto path = path_of(fd);
  std::vector<char> names(1024);
  ssize_t length = ::listxattr(path.c_str(), names.data(), names.size());
  while (length < 0 && errno == ERANGE) {
    names.resize(names.size() * 2);
    length = ::listxattr(path.c_str(), names.data(), names.size());
  }
  for (ssize_t at = 0; at < length;) {
    const std::string name = names.data() + at;
    at += static_cast<ssize_t>(name.size()) + 1;
    if (!is_bookkeeping(name)) {
      std::string value(XATTR_SIZE_MAX, '\0');
      const ssize_t size = ::getxattr(path.c_str(), name.c_str(), value.data(), value.size());
      if (size >= 0) {
        value.resize(static_cast<std::size_t>(size));
        attributes.emplace(name, std::move(value));
      }
    }
  }
  return attributes;
}

FileAttributes read_attributes(int fd) {
  FileAttributes attributes;
  checked(::fstat(fd, &attributes.status), "stat of a file to copy");
  attributes.extended = extended_attributes(fd);
  attributes.rights_of_caller = granted_to_caller(fd);
  if (attributes.status.st_uid == ::geteuid()) {
    // The owner may be one whom the user namespace does not know: then its rights are an upper bound.
    attributes.rights_of_caller &= attributes.status.st_mode;
  }
  return attributes;
}

void give_attributes(int to, const FileAttributes& attributes) {
  const auto& original = attributes.status;
  struct stat copy {};
  checked(::fstat(to, &copy), "stat of a copy");
  bool owner_is_known = original.st_uid != overflow_uid;
  if (original.st_uid != copy.st_uid || original.st_gid != copy.st_gid) {
    owner_is_known = ::fchown(to, original.st_uid, original.st_gid) == 0;
    if (!owner_is_known && errno != EPERM && errno != EINVAL && errno != EOVERFLOW) {
      throw_errno("give a copy its owner");
    }
  }
  for (const auto& [name, value] : attributes.extended) {
    // Not every file system takes every attribute; what counts is in owner and mode.
    static_cast<void>(::fsetxattr(to, name.c_str(), value.data(), value.size(), 0));
  }
  mode_t mode = original.st_mode & ~mode_t{S_IFMT};
  if (!owner_is_known) {
    mode = (mode & ~mode_t{S_IRWXU}) | attributes.rights_of_caller;
  }
  checked(::fchmod(to, mode), "give a copy its mode");
  const std::array times = {original.st_atim, original.st_mtim};
  checked(::futimens(to, times.data()), "give a copy its times");
}

void copy_content(int from, int to) {
  struct stat status {};
  checked(::fstat(from, &status), "stat of a file to copy");
  off_t offset = 0;
  while (offset < status.st_size) {
    const auto rest = static_cast<std::size_t>(status.st_size - offset);
    if (checked(::sendfile(to, from, &offset, rest), "copy a file") == 0) {
      return;
    }
  }
}

bool copy_entry(int from_directory, int to_directory, const std::string& name, long limit) {
  struct stat status {};
  if (::fstatat(from_directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
    return false;
  }
  if (S_ISDIR(status.st_mode)) {
    return copy_directory(from_directory, to_directory, name);
  }
  if (S_ISLNK(status.st_mode)) {
    return copy_symlink(from_directory, to_directory, name, status);
  }
  return S_ISREG(status.st_mode) && status.st_size <= limit && copy_regular(from_directory, to_directory, name);
}

}  // namespace exitproof::sys
