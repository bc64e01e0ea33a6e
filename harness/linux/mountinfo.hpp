#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exitproof::sys {

/// One line of /proc/PID/mountinfo, see proc_pid_mountinfo(5).
struct MountEntry {
  int id = 0;
  int parent = 0;
  std::string device;                ///< "major:minor"
  std::string root;                  ///< the part of the file system that is mounted
  std::string mount_point;           ///< seen from the reader's root
  std::vector<std::string> options;  ///< of this mount: "ro", "nosuid", ...
  std::string filesystem;            ///< its type: "ext4"
  std::string source;
  std::vector<std::string> super_options;
  bool operator==(const MountEntry&) const = default;

  bool has_option(std::string_view option) const;
  bool is_read_only() const;  ///< the mount or its file system
};

/// Reads the text of a mountinfo file. Throws ParseError.
std::vector<MountEntry> parse_mountinfo(std::string_view text);

/// The mounts that a path can lead to, parents before what is mounted in them: those that another
/// mount covers are left out.
std::vector<MountEntry> reachable_mounts(const std::vector<MountEntry>& mounts);

/// The mounts of the calling process. Throws std::system_error.
std::vector<MountEntry> read_own_mounts();

/// Whether `path` is `directory` or lies below it; both absolute and without a slash at their end.
bool lies_within(std::string_view path, std::string_view directory);

}  // namespace exitproof::sys
