#pragma once

#include <sys/mount.h>  // MOUNT_ATTR_*

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

/// Key and value of one option of a file system; an empty value makes it a flag.
using MountOptions = std::vector<std::pair<std::string, std::string>>;

/// A new file system of the given type, mounted nowhere yet. `attributes` are MOUNT_ATTR_* of
/// mount_setattr(2). The message of the exception carries what the kernel says about it.
/// Throws std::system_error.
UniqueFd make_filesystem(const std::string& type, const MountOptions& options, std::uint64_t attributes);

enum class Submounts { without, with };

/// A private copy of the mount that `path` leads to, from that path on, mounted nowhere yet; see
/// open_tree(2). Without submounts this fails with EINVAL where the kernel has locked them
/// (mount_namespaces(7)). A relative path starts at `directory`. Throws std::system_error.
UniqueFd clone_mount(int directory, const std::string& path, Submounts submounts);

/// Mounts on the existing `path`; an empty path means `directory` itself. Afterwards `mount` still
/// refers to it, mounted. Throws std::system_error.
void attach_mount(const UniqueFd& mount, int directory, const std::string& path);

/// Unmounts what is mounted on `path`, and all below it, as soon as nobody uses it (MNT_DETACH of
/// umount2(2)). Throws std::system_error.
void detach_mount(const std::string& path);

/// Adds MOUNT_ATTR_* to a mount, and to all below it. Throws std::system_error.
void add_mount_attributes(const UniqueFd& mount, std::uint64_t attributes, Submounts submounts);

/// Changes the size of the tmpfs that the descriptor `mount` is of; see tmpfs(5). Rounded up to pages.
/// Throws std::system_error, with EINVAL when it holds more than that already.
void resize_memory_filesystem(int mount, std::uint64_t bytes);

/// Cuts the propagation of every mount of this namespace, both ways. Throws std::system_error.
void make_mounts_private();

/// Makes the mount `directory` the root and the working directory of this namespace's calling
/// process, and unmounts the old root with all that is in it. Throws std::system_error.
void switch_root(int directory);

}  // namespace exitproof::sys
