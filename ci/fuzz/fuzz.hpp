#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "exitproof/parse_error.hpp"

/// What the targets share. A target is one file NAME_fuzz.cpp with a folder of inputs, corpus/NAME, and, where words
/// help, NAME.dict (libFuzzer's format). It defines LLVMFuzzerTestOneInput and states a property of one reader of texts
/// that come from outside. An exception that it lets out is a failure, as a signal and a hang are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace exitproof::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program with the claim that was false.
inline void require(bool claim, std::string_view what) {
  if (claim) return;
  std::fprintf(stderr, "false: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Whether `read` takes the text. The only way to refuse it is a ParseError, whose column lies in the text or one
/// behind its end and whose message says something.
template <std::invocable Read>
bool accepts(std::string_view text, Read read) {
  try {
    read();
    return true;
  } catch (const ParseError& error) {
    require(error.column() >= 1 && error.column() <= text.size() + 1, "an error's column lies in the text");
    require(!error.expected().empty(), "an error says what was expected");
    return false;
  }
}

/// Takes what stands before the next separator off the text's front, and the separator.
inline std::string_view take_field(std::string_view& text, char separator = '\n') {
  const std::size_t end = text.find(separator);
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return field;
}

}  // namespace exitproof::fuzz
