#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace exitproof {

/// A regular expression over bytes, in RE2's syntax: that of Perl and ECMAScript but for back-references and
/// look-around. It is only asked whether it matches somewhere. Whatever the expression and the text, a search takes
/// time linear in the text and bounded memory: both may come from people who mean ill, and the standard library's
/// engine would run for ever or overflow the stack.
class Regex {
 public:
  enum class Lines : std::uint8_t {
    one,   ///< ^ and $ stand for the text's begin and end
    many,  ///< and for those of its lines, which end with \n or \r\n
  };

  /// Throws ParseError; its column is where the part begins that cannot be read.
  explicit Regex(std::string_view expression);

  /// Whether some part of the text matches.
  bool found_in(std::string_view text, Lines lines = Lines::one) const;

 private:
  struct Engines;
  std::shared_ptr<const Engines> engines_;
};

}  // namespace exitproof
