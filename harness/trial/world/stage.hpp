#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "harness/linux/unique_fd.hpp"

namespace exitproof {

/// A tmpfs that lies on the root directory of the calling process's mount namespace, where no path
/// leads to it: so it hides nothing of what it is built from. Every path below is relative to it.
/// Every function throws std::system_error.
class Stage {
 public:
  Stage();

  void make_directory(const std::string& path) const;
  void make_file(const std::string& path) const;
  /// Makes the file or directory `path` and mounts the tree there.
  void add_tree(const sys::UniqueFd& tree, const std::string& path) const;
  const sys::UniqueFd& fd() const noexcept { return fd_; }
  sys::UniqueFd take_fd() noexcept { return std::move(fd_); }

 private:
  sys::UniqueFd fd_;
};

/// A tmpfs of half the machine's memory, mounted nowhere yet. `mode` is that of its root directory,
/// in octal digits; `attributes` are MOUNT_ATTR_*. Throws std::system_error.
sys::UniqueFd make_memory_filesystem(const std::string& mode, unsigned long attributes);

/// Builds the world's /proc at `path`: this pid namespace's, with all that changes the machine
/// read-only. The process's own /proc must be of that namespace.
void add_proc_tree(const Stage& stage, const std::string& path);

/// Builds the world's /sys at `path`: the machine's, read-only.
void add_sys_tree(const Stage& stage, const std::string& path);

/// Whether the calling process may make device nodes that work; not so in a user namespace.
bool may_make_device_nodes();

/// Fills the empty directory with what every program may expect in /dev, and with no device of the
/// machine beyond it; with directories for terminals, shared memory and message queues.
void fill_device_directory(int directory);

/// Whether it is the name of something in that directory.
bool is_in_every_world(std::string_view name);

/// Builds such a directory at `path` with nodes borrowed from the machine, read-only.
void add_device_tree(const Stage& stage, const std::string& path);

}  // namespace exitproof
