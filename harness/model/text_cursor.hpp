#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "exitproof/parse_error.hpp"

namespace exitproof {

/// Reads a text from left to right and knows the column when something is wrong. Does not own the text.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  bool at_end() const noexcept { return offset_ == text_.size(); }
  std::size_t offset() const noexcept { return offset_; }
  /// The next byte; '\0' at the end.
  char peek() const noexcept { return at_end() ? '\0' : text_[offset_]; }
  std::string_view rest() const noexcept { return text_.substr(offset_); }
  /// The whole text's first `end` bytes, for a cursor that must stop before the end.
  std::string_view text_up_to(std::size_t end) const noexcept { return text_.substr(0, end); }
  void skip_to(std::size_t offset) noexcept { offset_ = offset; }
  /// What was read since `from`.
  std::string_view since(std::size_t from) const noexcept { return text_.substr(from, offset_ - from); }

  /// Steps over `word` if it comes next.
  bool accept(std::string_view word) noexcept;
  /// Steps over `word` or fails; `expected` says in a person's words what was asked.
  void expect(std::string_view word, std::string_view expected);
  void expect_end();

  template <typename Predicate>
  std::string_view take_while(Predicate wanted) {
    const std::size_t from = offset_;
    while (!at_end() && wanted(text_[offset_])) ++offset_;
    return since(from);
  }

  struct Range {
    std::uint64_t min = 0;
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
  };
  /// A decimal number without sign and leading zeros, within `range`.
  std::uint64_t number(std::string_view expected, Range range);
  /// Bytes up to the first that is neither plain nor `%XX`, decoded; at least one.
  std::string percent_decoded(std::string_view expected);

  /// Throws ParseError for what comes next.
  [[noreturn]] void fail(std::string_view expected) const { fail_at(offset_, expected); }
  /// Throws ParseError for the word that starts at `offset`.
  [[noreturn]] void fail_at(std::size_t offset, std::string_view expected) const;
  /// As fail_at, and proposes the known name nearest to `word`.
  [[noreturn]] void fail_at_name(std::size_t offset, std::string_view word, std::string_view expected,
                                 std::span<const std::string_view> known) const;

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
};

/// In quotes for a message: 'word', shortened, with control bytes escaped.
std::string quote(std::string_view word);

bool is_digit(char c) noexcept;
/// A letter, a digit or one of `. _ -`: what stands for itself in a TEXT.
bool is_plain(char c) noexcept;
/// Every byte that is not plain as `%XX`.
std::string percent_encode(std::string_view text);

}  // namespace exitproof
