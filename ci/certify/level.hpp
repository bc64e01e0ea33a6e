#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exitproof/campaign.hpp"

namespace exitproof {

/// How thoroughly a scenario is tried. A level is bounded by what it counts, never by a time: whoever reads a
/// certificate knows what was tried without knowing the machine.
///
///     LEVEL := "smoke" | "exhaustive" | "exhaustive+second" [":" N] | "random:" N
struct Level {
  enum class Kind : std::uint8_t {
    smoke,       ///< the quiet moments, and each kind of fault at the first and the last site that it can strike
    exhaustive,  ///< every single fault at every stable site; of sites with one stack the first, the last and one drawn
    second,      ///< and then at most `count` plans of two faults
    random,      ///< `count` distinct plans of one fault or several
  };
  Kind kind = Kind::exhaustive;
  std::uint64_t count = 0;

  /// Throws ParseError.
  static Level parse(std::string_view text);
  std::string print() const;
  /// What is tried, in a sentence for people.
  std::string bound() const;

  /// Sets what the level decides of a search.
  void apply(SearchOptions& search) const;

  bool operator==(const Level&) const = default;
};

}  // namespace exitproof
