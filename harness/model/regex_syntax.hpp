#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace exitproof::regex_syntax {

using ByteSet = std::bitset<256>;

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// A part of a regular expression.
struct Node {
  enum class Kind : std::uint8_t {
    sequence,  ///< of its parts
    choice,    ///< of one of its parts
    repeat,    ///< of its one part
    bytes,
    line_begin,
    line_end,
    word_edge,
    no_word_edge,
  };
  Kind kind = Kind::sequence;
  std::vector<Node> parts;
  ByteSet bytes;
  std::uint64_t least = 0;  ///< repeat
  std::uint64_t most = 0;   ///< repeat; no_limit: any number
};

/// Groups within groups go 100 deep at most. Throws ParseError.
Node parse(std::string_view expression);

}  // namespace exitproof::regex_syntax
