#include "ci/report/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <cstddef>
#include <cstdint>

#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  ///< 0: no valid UTF-8 begins here
};

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// The shortest form only, and no surrogates (RFC 3629).
Decoded decode(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
  std::uint32_t code = first & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte_at(text, i) & 0xc0U) != 0x80) return {};
    code = (code << 6U) | (byte_at(text, i) & 0x3fU);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, bytes};
}

bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/// Marks, embeddings, overrides and isolates: with them a text is read in another order than it is written.
bool turns_direction(std::uint32_t code) {
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

bool is_separator_or_noncharacter(std::uint32_t code) {
  return code == 0x2028 || code == 0x2029 || code == 0xfeff || (code & 0xfffeU) == 0xfffe;
}

std::string plain(std::string_view text, bool several_lines) {
  std::string shown;
  while (!text.empty()) {
    const Decoded character = decode(text);
    const std::size_t bytes = character.bytes == 0 ? 1 : character.bytes;
    const std::uint32_t code = character.code;
    if (several_lines && (code == '\n' || code == '\t') && character.bytes == 1) {
      shown += static_cast<char>(code);
    } else if (character.bytes == 0 || is_control(code)) {
      shown += fmt::format("\\x{:02x}", character.bytes == 0 ? byte_at(text, 0) : code);
    } else if (turns_direction(code) || is_separator_or_noncharacter(code)) {
      shown += fmt::format("\\u{{{:x}}}", code);
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return shown;
}

}  // namespace

std::string plain_line(std::string_view text) {
  return plain(text, false);
}

std::string plain_lines(std::string_view text) {
  return plain(text, true);
}

std::string shell_word(std::string_view word) {
  if (plain_lines(word) == word) return shell_quote(word);
  std::string quoted = "$'";
  while (!word.empty()) {
    const std::size_t bytes = std::max<std::size_t>(decode(word).bytes, 1);
    const std::string_view character = word.substr(0, bytes);
    if (character == "'" || character == "\\") {
      quoted += '\\';
      quoted += character;
    } else if (plain_line(character) == character) {
      quoted += character;
    } else {
      // Three octal digits always: of hexadecimal ones shells read as many as there are.
      for (std::size_t i = 0; i < bytes; ++i) quoted += fmt::format("\\{:03o}", byte_at(word, i));
    }
    word.remove_prefix(bytes);
  }
  return quoted + '\'';
}

std::string shell_words(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

std::string first_letters(const std::string& text, std::size_t letters) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (byte_at(text, i) & 0xc0U) != 0x80;
    if (begins && seen++ == letters) return text.substr(0, i) + "\u2026";
  }
  return text;
}

}  // namespace exitproof
