#include "harness/model/byte_text.hpp"

#include <cstddef>

namespace exitproof {
namespace {

constexpr std::string_view stand_in_lead = "\xf4\x8f";  // of U+10F000 to U+10FFFF
constexpr std::size_t stand_in_size = 4;

unsigned at(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U;
}

bool continues(unsigned byte) {
  return (byte & 0xc0U) == 0x80U;
}

// The second byte's range tells overlong forms, surrogates and what lies beyond U+10FFFF: see RFC 3629.
std::size_t size_of_character(std::string_view bytes) {
  const unsigned first = at(bytes, 0);
  const unsigned second = at(bytes, 1);
  if (first < 0x80U) return 1;
  if (first < 0xc2U || first > 0xf4U) return 0;
  if (first < 0xe0U) return continues(second) ? 2 : 0;
  if (!continues(second) || !continues(at(bytes, 2))) return 0;
  if (first < 0xf0U) {
    const bool bad = (first == 0xe0U && second < 0xa0U) || (first == 0xedU && second > 0x9fU);
    return bad ? 0 : 3;
  }
  const bool bad = (first == 0xf0U && second < 0x90U) || (first == 0xf4U && second > 0x8fU);
  return !bad && continues(at(bytes, 3)) ? 4 : 0;
}

bool is_stand_in(std::string_view text) {
  return text.starts_with(stand_in_lead) && (at(text, 2) == 0xbaU || at(text, 2) == 0xbbU) && continues(at(text, 3));
}

void add_stand_in(std::string& text, unsigned byte) {
  text += stand_in_lead;
  text += static_cast<char>(0xb8U | (byte >> 6U));
  text += static_cast<char>(0x80U | (byte & 0x3fU));
}

}  // namespace

std::string text_of_bytes(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t size = size_of_character(bytes);
    if (size == 0 || is_stand_in(bytes)) {
      add_stand_in(text, at(bytes, 0));
      bytes.remove_prefix(1);
    } else {
      text += bytes.substr(0, size);
      bytes.remove_prefix(size);
    }
  }
  return text;
}

std::string bytes_of_text(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t next = text.find(stand_in_lead); next != std::string_view::npos; next = text.find(stand_in_lead)) {
    bytes += text.substr(0, next);
    text.remove_prefix(next);
    const bool stands_in = is_stand_in(text);
    const std::size_t size = stands_in ? stand_in_size : stand_in_lead.size();
    if (stands_in) {
      bytes += static_cast<char>(((at(text, 2) & 3U) << 6U) | (at(text, 3) & 0x3fU));
    } else {
      bytes += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return bytes += text;
}

}  // namespace exitproof
