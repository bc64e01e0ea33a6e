#include "exitproof/seed.hpp"

#include <random>

#include "exitproof/check.hpp"
#include "exitproof/random_stream.hpp"

namespace exitproof {
std::uint64_t split_seed(std::uint64_t seed, std::string_view stream) {
  return mix_bits(mix_bits(seed) ^ hash_text(stream));
}

std::uint64_t draw_below(std::uint64_t seed, std::uint64_t bound) {
  check(bound != 0, "a number is drawn below a bound that is not 0");
  return mix_bits(seed) % bound;
}

std::uint64_t fresh_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace exitproof
