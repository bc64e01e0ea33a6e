#include "properties/search/drawn_names.hpp"

#include <algorithm>
#include <cctype>

#include "exitproof/check.hpp"

namespace exitproof {
namespace {

// Of six characters that are drawn twice, one or two may be equal by chance.
constexpr std::size_t shortest_stretch = 4;

std::size_t common_suffix(std::string_view left, std::string_view right) {
  const auto ends = std::mismatch(left.rbegin(), left.rend(), right.rbegin(), right.rend());
  return static_cast<std::size_t>(ends.first - left.rbegin());
}

bool is_drawn(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_' || character == '*';
}

bool is_pattern(std::string_view name) {
  return std::ranges::count(name, '*') == 1;
}

// A name that does not look drawn, or only a part of it, and the pattern of one that does.
bool fits(std::string_view name, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  const std::string_view end = pattern.substr(star + 1);
  const std::size_t shortest = name.find('*') != std::string_view::npos ? 1 : shortest_stretch;
  if (name.size() < star + end.size() + shortest || !name.starts_with(pattern.substr(0, star)) ||
      !name.ends_with(end)) {
    return false;
  }
  return std::ranges::all_of(name.substr(star, name.size() - star - end.size()), is_drawn);
}

}  // namespace

std::size_t common_prefix(std::string_view left, std::string_view right) {
  return static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
}

bool drawn_alike(std::string_view left, std::string_view right) {
  if (left == right) return false;
  if (is_pattern(left) || is_pattern(right)) {
    return (is_pattern(right) && fits(left, right)) || (is_pattern(left) && fits(right, left));
  }
  if (left.size() != right.size() || !left.starts_with('/')) return false;
  const std::size_t from = common_prefix(left, right);
  const std::size_t length = left.size() - from - common_suffix(left, right);
  return length >= shortest_stretch && std::ranges::all_of(left.substr(from, length), is_drawn) &&
         std::ranges::all_of(right.substr(from, length), is_drawn);
}

std::string shape_of_drawn(std::span<const std::string> names) {
  check(!names.empty(), "a shape is that of a name");
  const std::string& first = names.front();
  std::size_t prefix = first.size();
  std::size_t suffix = first.size();
  for (const std::string& name : names) {
    prefix = std::min(prefix, common_prefix(first, name));
    suffix = std::min(suffix, common_suffix(first, name));
  }
  if (prefix + suffix >= first.size()) return first;
  const std::string begin = first.substr(0, prefix);
  return (begin.ends_with('*') ? begin : begin + '*') + first.substr(first.size() - suffix);
}

}  // namespace exitproof
