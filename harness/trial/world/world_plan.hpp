#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/linux/mountinfo.hpp"

namespace exitproof {

/// What becomes of a mount of the machine in the world.
enum class Treatment : std::uint8_t {
  layered,    ///< copy-on-write
  alias,      ///< it shows a part of another, layered mount, and does so in the world
  read_only,  ///< as it is, but nothing can be changed through it
  missing,    ///< not there
};

struct PlannedMount {
  sys::MountEntry mount;
  Treatment treatment = Treatment::layered;
  std::string loss;  ///< what the subject misses by it; empty: nothing
  /// For an alias: the place of the layered mount, and the path of the part it shows.
  std::string alias_layer;
  std::string alias_path;
};

/// Decides from the mounts of the machine alone, parents first. What lies in /proc, /sys and /dev is
/// left out, since the world has its own; but for /dev/shm when the subject works there.
std::vector<PlannedMount> plan_mounts(const std::vector<sys::MountEntry>& mounts, std::string_view working_directory);

/// The MOUNT_ATTR_* flags for a mount that behaves as `mount`; devices of the machine are out of reach.
std::uint64_t attributes_like(const sys::MountEntry& mount);

}  // namespace exitproof
