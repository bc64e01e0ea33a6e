#include "harness/linux/mounts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>

#include <cerrno>

#include "harness/linux/kernel_error.hpp"

namespace exitproof::sys {

namespace {

// A file system context that has failed holds the reason in words: "e overlay: ...".
std::string kernel_messages(int context) {
  std::string messages;
  char line[512];
  for (;;) {
    const ssize_t length = ::read(context, line, sizeof line);
    if (length <= 0) {
      return messages;
    }
    messages += "; ";
    messages.append(line, static_cast<std::size_t>(length));
    while (!messages.empty() && messages.back() == '\n') {
      messages.pop_back();
    }
  }
}

[[noreturn]] void fail(const std::string& attempt, int context) {
  const int error = errno;
  throw std::system_error(error, std::generic_category(), attempt + kernel_messages(context));
}

}  // namespace

UniqueFd make_filesystem(const std::string& type, const MountOptions& options, std::uint64_t attributes) {
  const UniqueFd context(checked(::fsopen(type.c_str(), FSOPEN_CLOEXEC), "fsopen " + type));
  for (const auto& [key, value] : options) {
    const unsigned command = value.empty() ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
    if (::fsconfig(context.get(), command, key.c_str(), value.empty() ? nullptr : value.c_str(), 0) != 0) {
      fail(fmt::format("set {}={} of a new {}", key, value, type), context.get());
    }
  }
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    fail("make a new " + type, context.get());
  }
  const int mount = ::fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes));
  if (mount < 0) {
    fail("fsmount of a new " + type, context.get());
  }
  return UniqueFd(mount);
}

UniqueFd clone_mount(int directory, const std::string& path, Submounts submounts) {
  const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW |
                         (path.empty() ? AT_EMPTY_PATH : 0U) |
                         (submounts == Submounts::with ? unsigned{AT_RECURSIVE} : 0U);
  return UniqueFd(checked(::open_tree(directory, path.c_str(), flags), "open_tree " + path));
}

void attach_mount(const UniqueFd& mount, int directory, const std::string& path) {
  const unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (path.empty() ? MOVE_MOUNT_T_EMPTY_PATH : 0U);
  checked(::move_mount(mount.get(), "", directory, path.c_str(), flags), "move_mount to " + path);
}

void detach_mount(const std::string& path) {
  checked(::umount2(path.c_str(), MNT_DETACH), "unmount " + path);
}

void add_mount_attributes(const UniqueFd& mount, std::uint64_t attributes, Submounts submounts) {
  mount_attr change{};
  change.attr_set = attributes;
  const unsigned flags = AT_EMPTY_PATH | (submounts == Submounts::with ? unsigned{AT_RECURSIVE} : 0U);
  checked(::mount_setattr(mount.get(), "", flags, &change, sizeof change), "mount_setattr");
}

void resize_memory_filesystem(int mount, std::uint64_t bytes) {
  const UniqueFd context(checked(::fspick(mount, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH), "fspick of a tmpfs"));
  const auto size = std::to_string(bytes);
  if (::fsconfig(context.get(), FSCONFIG_SET_STRING, "size", size.c_str(), 0) != 0 ||
      ::fsconfig(context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr, 0) != 0) {
    fail("change the size of a tmpfs to " + size, context.get());
  }
}

void make_mounts_private() {
  checked(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make all mounts private");
}

void switch_root(int directory) {
  checked(::fchdir(directory), "fchdir to the new root");
  if (::syscall(SYS_pivot_root, ".", ".") == 0) {
    // The old root now lies on the new one: "." leads to the upper of the two.
    checked(::umount2(".", MNT_DETACH), "unmount the old root");
    checked(::chdir("/"), "chdir to the new root");
    return;
  }
  // The first root of a machine that runs from its initramfs cannot be moved away.
  checked(::chroot("."), "chroot to the new root");
}

}  // namespace exitproof::sys
