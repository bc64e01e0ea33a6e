#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/regex.hpp"

namespace exitproof {

/// Counts the lines of a stream that match, as it comes, however long it gets. A line is looked at without its end (\n,
/// \r\n, or where the stream ends), and of a long one the first `longest_line` bytes. An expression that is malformed
/// matches nothing.
class LineCounter {
 public:
  static constexpr std::size_t longest_line = std::size_t{64} << 10U;

  explicit LineCounter(const std::vector<std::string>& expressions);

  void add(std::string_view bytes);

  /// How many lines match the expression of that position, with the one that has not ended yet.
  std::uint64_t count(std::size_t expression) const;

 private:
  struct Counted {
    std::vector<Regex> expression;  ///< empty: malformed
    std::uint64_t lines = 0;
  };

  static bool matches(const Counted& one, std::string_view line);
  void end_line();

  std::vector<Counted> counted_;
  std::string line_;  ///< its first bytes
};

}  // namespace exitproof
