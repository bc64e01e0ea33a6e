#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ci/certify/certificate.hpp"
#include "ci/certify/manifest.hpp"
#include "ci/certify/provenance.hpp"
#include "exitproof/shard.hpp"

namespace exitproof {

/// What one shard of a certification says of itself; beside it lie the journals of its scenarios. With those of all
/// shards the certificate can be made where nothing of the release is at hand.
struct ReleaseShard {
  Shard shard;
  std::string manifest_path;  ///< there; absolute
  std::string manifest;       ///< its text
  std::uint64_t seed = 0;
  std::string level;    ///< that all scenarios were given; empty: each has the manifest's
  bool chosen = false;  ///< not all scenarios were tried
  Provenance provenance;
  std::vector<std::string> refused = {};  ///< scenarios that could not be tried, each with why
  bool complete = false;                  ///< it came to its end
  std::optional<CertificateTimes> times = {};
};

/// One line of JSON, without its end.
std::string print_release_shard(const ReleaseShard& shard);
/// Throws ParseError.
ReleaseShard parse_release_shard(std::string_view text);

/// The manifest with the scenarios, levels and seed that the shard had. Throws ManifestError.
ReleaseManifest manifest_of(const ReleaseShard& shard);

/// A shard with the folder that it lies in.
struct PlacedShard {
  std::string folder;
  ReleaseShard release;
};

/// Shards do not add up to one certification; the message names the shards and folders concerned.
class ShardsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws ShardsError unless these are all shards of one certification, each once and to its end: one manifest, seed
/// and level, one tool, kernel and C library, the same artefacts and files.
void check_release_shards(std::span<const PlacedShard> shards);

}  // namespace exitproof
