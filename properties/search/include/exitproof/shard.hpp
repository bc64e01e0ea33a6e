#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace exitproof {

/// One of several parts of a campaign, each run by a process of its own, mostly on a machine of its own.
struct Shard {
  unsigned index = 1;  ///< from 1
  unsigned of = 1;     ///< how many there are; 1: the campaign is in one piece

  /// Whether the n-th of something, counted from 0, belongs to it. Each belongs to one.
  bool owns(std::size_t n) const { return n % of == index - 1; }
  bool is_whole() const { return of == 1; }

  /// "3/8", with 1 <= 3 <= 8 <= 10000. Throws ParseError.
  static Shard parse(std::string_view text);
  std::string print() const;

  bool operator==(const Shard&) const = default;
};

}  // namespace exitproof
