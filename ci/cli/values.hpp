#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exitproof/duration.hpp"

namespace exitproof::cli {

/// The value of an option as a duration. Throws UsageError that names the option.
Millis duration_value(std::string_view option, const std::string& text);

/// The same, of a duration that must be more than nothing.
Millis time_value(std::string_view option, const std::string& text);

/// The value of an option as a decimal number of at least `least`. Throws UsageError.
std::uint64_t number_value(std::string_view option, const std::string& text, std::uint64_t least);

/// What a small number may be.
struct Range {
  unsigned least = 1;
  unsigned most = 100'000;
  std::string_view why = {};  ///< where the bound comes from, in a few words
};

/// The value of an option as a decimal number in that range. Throws UsageError.
unsigned count_value(std::string_view option, const std::string& text, const Range& range);

/// Whether trials run under a seeded schedule: the value of --schedule, "free" or "seeded". Throws UsageError.
bool seeded_value(const std::string& text);

}  // namespace exitproof::cli
