#include "ci/cli/values.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {

Millis duration_value(std::string_view option, const std::string& text) {
  try {
    return parse_duration(text);
  } catch (const ParseError& error) {
    throw malformed(option, text, error);
  }
}

std::uint64_t number_value(std::string_view option, const std::string& text, std::uint64_t least) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value < least) {
    throw UsageError(fmt::format("{} expects a whole number from {}, and found \"{}\"", option, least, text));
  }
  return value;
}

unsigned count_value(std::string_view option, const std::string& text, unsigned least) {
  constexpr std::uint64_t most = 100'000;
  const std::uint64_t value = number_value(option, text, least);
  if (value > most) throw UsageError(fmt::format("{} expects at most {}, and found {}", option, most, value));
  return static_cast<unsigned>(value);
}

}  // namespace exitproof::cli
