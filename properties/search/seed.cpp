#include "exitproof/seed.hpp"

#include <random>

#include "exitproof/check.hpp"

namespace exitproof {
namespace {

/// Sebastiano Vigna's splitmix64: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// FNV-1a.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char character : text) {
    value ^= static_cast<unsigned char>(character);
    value *= 0x100000001b3U;
  }
  return value;
}

}  // namespace

std::uint64_t split_seed(std::uint64_t seed, std::string_view stream) {
  return mix(mix(seed) ^ hash(stream));
}

std::uint64_t draw_below(std::uint64_t seed, std::uint64_t bound) {
  check(bound != 0, "a number is drawn below a bound that is not 0");
  return mix(seed) % bound;
}

std::uint64_t fresh_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace exitproof
