#pragma once

#include <string_view>

namespace exitproof {

/// Prints the message and the place to stderr and aborts: the other half of `check`.
[[noreturn]] void check_failed(std::string_view what, const char* file, int line) noexcept;

/// Ends the program with a message when `holds` is false. For mistakes of our own code only, in every
/// build: what a subject, a person or the machine may do wrong is a value or an exception.
/// (The builtins stand for std::source_location, which clang 14 lacks with libstdc++.)
constexpr void check(bool holds, std::string_view what, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE()) noexcept {
  if (!holds) check_failed(what, file, line);
}

}  // namespace exitproof
