#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace exitproof {

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

/// Reads a decimal number with a unit `ms`, `s`, `m` or `h` ("200ms", "2s"); "0" needs no unit.
/// Throws ParseError.
Millis parse_duration(std::string_view text);

/// Writes the shortest exact form: "1500ms", "2s", "3m"; zero is "0ms".
std::string print_duration(Millis duration);

/// For people, rounded: "412 us", "3.4 ms", "2.10 s".
std::string describe_duration(Micros duration);

}  // namespace exitproof
