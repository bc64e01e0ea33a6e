#pragma once

#include <cstdint>
#include <string_view>

namespace exitproof {

/// Sebastiano Vigna's splitmix64: every bit of the input moves every bit of the output.
std::uint64_t mix_bits(std::uint64_t value);

/// FNV-1a, the same on every machine.
std::uint64_t hash_text(std::string_view text);

/// Numbers drawn from a seed, the same on every machine. Streams of one seed that have different names are
/// independent of each other, so that a new draw from one moves nothing in another.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name) : state_(mix_bits(seed) ^ hash_text(name)) {}

  /// A number below `bound`, which is not 0.
  std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

}  // namespace exitproof
