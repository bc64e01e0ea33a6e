#include "harness/linux/file_kind.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "harness/linux/directory.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/sockets.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

namespace {

constexpr std::int64_t mqueue_magic = 0x19800202;
constexpr std::int64_t configfs_magic = 0x62656570;

// The file systems that store nothing: what is written to their files is an order to the kernel.
constexpr std::int64_t made_up[] = {
    ANON_INODE_FS_MAGIC, PROC_SUPER_MAGIC,   SYSFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,  SECURITYFS_MAGIC,
    DEBUGFS_MAGIC,       TRACEFS_MAGIC,      SELINUX_MAGIC,  SMACK_MAGIC,        BPF_FS_MAGIC,         BINFMTFS_MAGIC,
    NSFS_MAGIC,          DEVPTS_SUPER_MAGIC, configfs_magic, mqueue_magic,       RDTGROUP_SUPER_MAGIC,
};

// devices.txt of the kernel: tty, console and serial lines; pseudo terminals.
bool is_terminal(dev_t device) {
  constexpr unsigned first_pts = 136;
  constexpr unsigned last_pts = 143;
  const unsigned number = major(device);
  return number == 4 || number == 5 || (number >= first_pts && number <= last_pts);
}

// An anonymous inode has had no type at all, and is a regular file since Linux 6.17: its file system is asked first.
FileKind kind_of(const struct stat& status, const struct statfs& system) {
  if (S_ISFIFO(status.st_mode)) {
    return FileKind::pipe;
  }
  if (S_ISCHR(status.st_mode)) {
    return is_terminal(status.st_rdev) ? FileKind::terminal : FileKind::special;
  }
  if (std::find(std::begin(made_up), std::end(made_up), static_cast<std::int64_t>(system.f_type)) !=
      std::end(made_up)) {
    return FileKind::special;
  }
  if (S_ISDIR(status.st_mode)) {
    return FileKind::directory;
  }
  return S_ISREG(status.st_mode) ? FileKind::disk : FileKind::special;
}

FileKind kind_of_socket(pid_t pid, int fd) {
  const auto type = socket_type(pid, fd);
  if (!type) {
    return FileKind::unknown;
  }
  return *type == SOCK_STREAM ? FileKind::stream : FileKind::message;
}

bool is_memory(const struct stat& status, const std::string& name) {
  return status.st_nlink == 0 && name.starts_with("/memfd:") && name.ends_with(" (deleted)");
}

std::optional<FileKind> kind_below(int root, const std::string& path) {
  const UniqueFd file = open_below(root, path);
  struct stat status {};
  struct statfs system {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || ::fstatfs(file.get(), &system) != 0) {
    return std::nullopt;
  }
  return kind_of(status, system);
}

}  // namespace

std::string_view file_kind_name(FileKind kind) {
  static constexpr std::array<std::string_view, 9> names{
      "a file of a disk",
      "a directory",
      "a pipe",
      "a stream socket",
      "a socket of messages",
      "a terminal",
      "a memfd",
      "a device, an eventfd or a file that the kernel makes up",
      "a file that cannot be looked at",
  };
  return names[static_cast<std::size_t>(kind)];
}

FileKind kind_of_descriptor(pid_t pid, int fd) {
  const std::string path = fmt::format("/proc/{}/fd/{}", pid, fd);
  struct stat status {};
  struct statfs system {};
  if (::stat(path.c_str(), &status) != 0 || ::statfs(path.c_str(), &system) != 0) {
    return FileKind::unknown;
  }
  if (S_ISSOCK(status.st_mode)) {
    return kind_of_socket(pid, fd);
  }
  const FileKind kind = kind_of(status, system);
  return kind == FileKind::disk && is_memory(status, read_descriptor(pid, fd)) ? FileKind::memory : kind;
}

FileKind kind_of_path(pid_t pid, const std::string& path) {
  const UniqueFd root = open_root(pid);
  if (const auto kind = root.is_open() ? kind_below(root.get(), path) : FileKind::unknown) {
    return *kind;
  }
  // What would be made there lies on the file system of its directory.
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash != 0;
       slash = path.rfind('/', slash - 1)) {
    if (const auto kind = kind_below(root.get(), path.substr(0, slash))) {
      return *kind == FileKind::directory ? FileKind::disk : *kind;
    }
  }
  return kind_below(root.get(), "/") ? FileKind::disk : FileKind::unknown;
}

}  // namespace exitproof::sys
