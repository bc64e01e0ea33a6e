#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace exitproof::sys {

/// A file apart from its name and content. An inode's number is given to the next file as soon as the last one is
/// gone; the moment of birth tells the two apart.
struct Inode {
  dev_t device = 0;
  ino_t number = 0;
  std::int64_t born = 0;  ///< ns of CLOCK_REALTIME, in the kernel's ticks; 0 where the file system does not tell
  auto operator<=>(const Inode&) const = default;
};

/// Of the file at `path`, of a link itself; nothing when there is none, or its directory cannot be searched. statx(2).
std::optional<Inode> inode_at(const std::string& path);

/// "DEVICE:NUMBER:BORN", for a later process to read.
std::string print(const Inode& inode);
std::optional<Inode> parse_inode(const std::string& text);

/// What a file born now would have for its birth.
std::int64_t birth_of_now();

}  // namespace exitproof::sys
