#include "exitproof/random_stream.hpp"

#include "exitproof/check.hpp"

namespace exitproof {

namespace {

constexpr std::uint64_t golden_step = 0x9e3779b97f4a7c15U;

}  // namespace

std::uint64_t mix_bits(std::uint64_t value) {
  value += golden_step;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char character : text) {
    value ^= static_cast<unsigned char>(character);
    value *= 0x100000001b3U;
  }
  return value;
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
  check(bound != 0, "a number is drawn below a bound that is not 0");
  const std::uint64_t drawn = mix_bits(state_);
  state_ += golden_step;
  return drawn % bound;
}

}  // namespace exitproof
