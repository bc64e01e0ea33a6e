#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// By its st_mode, see inode(7).
FileType file_type_of(mode_t mode);

/// One overlay as its layers lie on the disk; the descriptors may be O_PATH and stay the caller's.
struct LayersToCompare {
  int upper = -1;           ///< the upper directory
  int lower = -1;           ///< the lower directory: what was there before
  bool merged = true;       ///< false: the upper directory is all that is seen
  bool owners_kept = true;  ///< false in a user namespace that knows one user: other owners become that one
  std::string place;        ///< where the overlay is mounted in the world: "/", "/home"
  const std::set<ino_t>* copies = nullptr;  ///< files of the upper directory that we copied from the lower one
};

/// Adds what differs between the merged view of the layers and the lower one. Follows whiteouts,
/// opaque and redirected directories, see the kernel's Documentation/filesystems/overlayfs.rst.
/// What changes while it is compared is reported as found. Throws std::system_error.
void add_layer_changes(const LayersToCompare& layers, std::vector<FileChange>& changes);

/// Adds all that is in `directory` as created below `place`. Throws std::system_error.
void add_created_tree(int directory, const std::string& place, std::vector<FileChange>& changes);

/// Adds a change when the file `name` in the upper directory differs from that in the lower one;
/// here `place` is the file's own. Throws std::system_error.
void add_file_change(const LayersToCompare& directories, const std::string& name, std::vector<FileChange>& changes);

/// The present file `name` of `directory` as a change named `path`. Nothing when it is not there.
std::optional<FileChange> describe_change(int directory, const std::string& name, std::string path, ChangeKind kind);

}  // namespace exitproof
