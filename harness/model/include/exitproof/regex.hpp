#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace exitproof {

/// A regular expression over bytes, in ECMAScript's words but for back-references and look-ahead, which no bound can be
/// given for. It is only asked whether it matches somewhere, so groups are for grouping.
///
///     .  [a-z] [^a-z] [[:alpha:]]  \d \w \s \D \W \S  \b \B  ^ $  * + ? {n} {n,} {n,m}  ( ) (?: ) |
///     \t \n \v \f \r \0 \cX \xHH, and a backslash before any other byte but a letter or a digit
///
/// Whatever the expression and the text, a search takes time proportional to the product of their lengths, {n,m}
/// written out, and memory for the expression alone: both may come from people who mean ill.
class Regex {
 public:
  enum class Lines : std::uint8_t {
    one,   ///< ^ and $ stand for the text's begin and end
    many,  ///< and for those of its lines
  };

  /// Throws ParseError with the column.
  explicit Regex(std::string_view expression);

  /// Whether some part of the text matches.
  bool found_in(std::string_view text, Lines lines = Lines::one) const;

 private:
  friend class RegexCompiler;
  using ByteSet = std::bitset<256>;
  /// One step of the machine that the expression is made into.
  struct Step {
    enum class Kind : std::uint8_t { bytes, either, jump, line_begin, line_end, word_edge, no_word_edge, match };
    Kind kind = Kind::match;
    std::size_t next = 0;   ///< where it goes on
    std::size_t other = 0;  ///< either: or here; bytes: the position of its set
  };
  class Search;

  std::vector<Step> steps_;
  std::vector<ByteSet> sets_;
};

}  // namespace exitproof
