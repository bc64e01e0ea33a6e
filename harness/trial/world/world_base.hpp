#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world/layer.hpp"

namespace exitproof {

/// A regular file that is a mount of its own: each trial gets a copy.
struct CopiedFile {
  std::string place;
  std::uint64_t mount_attributes = 0;  ///< MOUNT_ATTR_*
  std::string name;                    ///< of the original in the root of the base namespace
};

/// A mount that shows a part of a layer which is mounted before it.
struct Alias {
  std::string place;
  std::uint64_t mount_attributes = 0;  ///< MOUNT_ATTR_*
  std::string path;                    ///< of that part in the world
};

enum class PlaceKind : std::uint8_t {
  layer,           ///< layers[index]
  copied_file,     ///< copied_files[index]
  alias,           ///< aliases[index]
  fixed_tree,      ///< the mounts at `/fixed/INDEX` of the base namespace, shared by all trials
  devices,         ///< a tmpfs of the trial, with the nodes of a new device directory
  shared_memory,   ///< a tmpfs of the trial
  terminals,       ///< a devpts of the trial
  message_queues,  ///< the mqueue of the trial's IPC namespace
};

/// One mount of the world.
struct Place {
  std::string path;
  PlaceKind kind = PlaceKind::layer;
  std::size_t index = 0;
};

/// What all trials of a world share: a mount namespace that holds the lower layers and the fixed
/// trees, and how a trial puts them together. In that namespace, the empty directories `/root` and
/// `/trial` are for the trial's root and its upper layers.
struct WorldBase {
  sys::UniqueFd mount_namespace;
  sys::UniqueFd root;         ///< the directory "/" of that namespace
  std::vector<Place> places;  ///< in the order of mounting
  std::vector<Layer> layers;
  std::vector<CopiedFile> copied_files;
  std::vector<Alias> aliases;
  sys::UniqueFd devices;             ///< what a trial's device directory holds at its start; when it has one
  std::vector<std::string> skipped;  ///< "path: why"
  bool owners_kept = true;           ///< false in a user namespace that knows one user
};

/// Builds it from the mounts that the calling process sees; it must be single-threaded and its
/// /proc of its pid namespace. It comes back to its mount namespace with "/" as its working
/// directory. Throws std::system_error, also when the working directory cannot be in a layer.
WorldBase make_world_base(const std::string& working_directory);

}  // namespace exitproof
