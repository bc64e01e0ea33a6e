#pragma once

#include <cstdint>
#include <string_view>

namespace exitproof {

/// The seed of a named stream. Streams of one seed are independent of each other, so that a new
/// draw in one moves nothing in another.
std::uint64_t split_seed(std::uint64_t seed, std::string_view stream);

/// A number below `bound` that a seed stands for; the same on every machine. `bound` is not 0.
std::uint64_t draw_below(std::uint64_t seed, std::uint64_t bound);

/// A seed from the machine's randomness (getrandom(2)).
std::uint64_t fresh_seed();

}  // namespace exitproof
