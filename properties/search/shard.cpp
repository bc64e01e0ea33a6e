#include "exitproof/shard.hpp"

#include <fmt/format.h>

#include <charconv>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

constexpr unsigned most_shards = 10'000;

bool read_number(std::string_view text, unsigned& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Shard Shard::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string found = fmt::format("\"{}\"", text);
  Shard shard;
  if (slash == std::string_view::npos || !read_number(text.substr(0, slash), shard.index)) {
    throw ParseError(1, "a shard, I/N, as 3/8", found);
  }
  if (!read_number(text.substr(slash + 1), shard.of) || shard.of == 0 || shard.of > most_shards) {
    throw ParseError(slash + 2, fmt::format("how many shards there are, from 1 to {}", most_shards), found);
  }
  if (shard.index == 0 || shard.index > shard.of) {
    throw ParseError(1, fmt::format("one of the shards, from 1 to {}", shard.of), found);
  }
  return shard;
}

std::string Shard::print() const {
  return fmt::format("{}/{}", index, of);
}

}  // namespace exitproof
