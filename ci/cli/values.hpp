#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exitproof/duration.hpp"

namespace exitproof::cli {

/// The value of an option as a duration. Throws UsageError that names the option.
Millis duration_value(std::string_view option, const std::string& text);

/// The value of an option as a decimal number of at least `least`. Throws UsageError.
std::uint64_t number_value(std::string_view option, const std::string& text, std::uint64_t least);

/// The same, for a small number.
unsigned count_value(std::string_view option, const std::string& text, unsigned least);

}  // namespace exitproof::cli
