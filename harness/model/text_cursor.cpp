#include "harness/model/text_cursor.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "exitproof/names.hpp"

namespace exitproof {
namespace {

constexpr std::size_t longest_quote = 40;

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_plain(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string quote(std::string_view word) {
  std::string out = "'";
  for (const char c : word.substr(0, longest_quote)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + (word.size() > longest_quote ? "...'" : "'");
}

bool TextCursor::accept(std::string_view word) noexcept {
  if (!rest().starts_with(word)) return false;
  offset_ += word.size();
  return true;
}

void TextCursor::expect(std::string_view word, std::string_view expected) {
  if (!accept(word)) fail(expected);
}

void TextCursor::expect_end() {
  if (!at_end()) fail("the end");
}

std::uint64_t TextCursor::number(std::string_view expected, Range range) {
  const std::size_t from = offset_;
  const std::string_view digits = take_while(is_digit);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool leading_zero = digits.size() > 1 && digits.front() == '0';
  if (error != std::errc{} || end != digits.data() + digits.size() || leading_zero || value < range.min ||
      value > range.max)
    fail_at(from, expected);
  return value;
}

std::string TextCursor::percent_decoded(std::string_view expected) {
  std::string out;
  while (!at_end()) {
    if (is_plain(peek())) {
      out += peek();
      ++offset_;
    } else if (peek() == '%') {
      const std::string_view code = rest().substr(1, 2);
      const int high = code.size() == 2 ? hex_value(code[0]) : -1;
      const int low = code.size() == 2 ? hex_value(code[1]) : -1;
      if (high < 0 || low < 0) fail("two upper-case hexadecimal digits after '%'");
      out += static_cast<char>(high * 16 + low);
      offset_ += 3;
    } else {
      break;
    }
  }
  if (out.empty()) fail(expected);
  return out;
}

void TextCursor::fail_at(std::size_t offset, std::string_view expected) const {
  const std::string_view left = text_.substr(offset);
  if (left.empty()) throw ParseError(offset + 1, std::string(expected), "the end");
  // The separators of all our grammars: a word ends before the next of them, but is never empty.
  const std::size_t length = std::max<std::size_t>(1, std::min(left.find_first_of(":@,=+"), left.size()));
  throw ParseError(offset + 1, std::string(expected), quote(left.substr(0, length)));
}

void TextCursor::fail_at_name(std::size_t offset, std::string_view word, std::string_view expected,
                              std::span<const std::string_view> known) const {
  if (word.empty()) fail_at(offset, expected);
  const std::optional<std::string> nearest = nearest_name(word, known);
  throw ParseError(offset + 1,
                   nearest ? fmt::format("{} (perhaps {}?)", expected, quote(*nearest)) : std::string(expected),
                   quote(word));
}

}  // namespace exitproof
