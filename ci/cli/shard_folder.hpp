#pragma once

#include <string>
#include <vector>

#include "ci/certify/release_shard.hpp"

namespace exitproof::cli {

/// The folder of `certify --out DIR` while a certification is under way, or for good where it is a shard of one: the
/// journals of its scenarios, and what the shard says of itself.
class ShardFolder {
 public:
  explicit ShardFolder(std::string folder) : folder_(std::move(folder)) {}

  /// Where the journal of a scenario is, or will be.
  std::string journal(const std::string& scenario) const;
  /// Makes the folder of the journals. Throws std::system_error.
  void make() const;
  /// Takes journals and record away, of an earlier time or no longer needed. Throws std::system_error.
  void clear() const;

  /// The record appears whole or not at all. Throws std::system_error.
  void write(const ReleaseShard& shard) const;
  /// Throws ShardsError for a folder without a record that can be read.
  PlacedShard read() const;

 private:
  std::string folder_;
};

}  // namespace exitproof::cli
