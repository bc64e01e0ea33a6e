#pragma once

#include <cstdint>
#include <string>

#include "harness/linux/file_copy.hpp"
#include "harness/linux/mounts.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof {

/// A directory of the machine, or a stand-in for one, that each trial covers with an upper layer of
/// its own; see the kernel's Documentation/filesystems/overlayfs.rst.
struct Layer {
  std::string place;                   ///< in the world: "/", "/home"
  std::string lower_path;              ///< in the base namespace
  std::uint64_t mount_attributes = 0;  ///< MOUNT_ATTR_*
  sys::UniqueFd lower;                 ///< O_PATH
  sys::FileAttributes attributes;      ///< of the lower directory
  sys::MountOptions options;           ///< of the overlay, beyond its directories
};

/// Opens the lower directory below `base`, the root of the base namespace. Needs /proc.
/// Throws std::system_error.
void open_lower(Layer& layer, int base);

/// Makes an empty upper layer in `trial/NAME`, like the lower directory. Throws std::system_error.
void make_upper(const Layer& layer, int trial, const std::string& name);

/// The overlay with the upper layer in `/trial/NAME` of the calling process's copy of the base
/// namespace, mounted nowhere yet. Throws std::system_error.
sys::UniqueFd make_overlay(const Layer& layer, const std::string& name);

/// What an overlay can do as the file systems below it can.
struct LayerAbilities {
  bool whole_hard_links = false;   ///< a change through one name of a file shows in the others
  bool directory_renames = false;  ///< a directory of the machine can be renamed
};

/// Chooses the best options that the kernel takes, trying them with a directory `NAME` in `trial`,
/// which is mounted on `/trial`. Throws std::system_error when it takes none.
LayerAbilities choose_overlay_options(Layer& layer, int trial, const std::string& name);

}  // namespace exitproof
