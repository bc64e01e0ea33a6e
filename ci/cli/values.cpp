#include "ci/cli/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {
namespace {

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

Millis duration_value(std::string_view option, const std::string& text) {
  try {
    return parse_duration(text);
  } catch (const ParseError& error) {
    throw malformed(option, text, error);
  }
}

Millis time_value(std::string_view option, const std::string& text) {
  const Millis value = duration_value(option, text);
  if (value <= Millis{0}) throw UsageError(fmt::format("{} expects more than no time, and found \"{}\"", option, text));
  return value;
}

std::uint64_t number_value(std::string_view option, const std::string& text, std::uint64_t least) {
  const std::optional<std::uint64_t> value = number_of(text);
  if (!value || *value < least) {
    throw UsageError(fmt::format("{} expects a whole number from {}, and found \"{}\"", option, least, text));
  }
  return *value;
}

unsigned count_value(std::string_view option, const std::string& text, const Range& range) {
  const std::optional<std::uint64_t> value = number_of(text);
  if (!value || *value < range.least || *value > range.most) {
    const std::string why = range.why.empty() ? std::string() : fmt::format(" ({})", range.why);
    throw UsageError(fmt::format("{} expects a whole number from {} to {}{}, and found \"{}\"", option, range.least,
                                 range.most, why, text));
  }
  return static_cast<unsigned>(*value);
}

bool seeded_value(const std::string& text) {
  if (text != "free" && text != "seeded") {
    throw UsageError(fmt::format("--schedule expects free or seeded, and found \"{}\"", text));
  }
  return text == "seeded";
}

}  // namespace exitproof::cli
