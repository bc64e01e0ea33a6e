#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "exitproof/parse_error.hpp"

namespace exitproof::cli {

/// The command line cannot be obeyed; the message says what was expected, what was found and what
/// to do, in one or two sentences.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// This machine or subject cannot be tried; the message says why.
class CannotTry : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The error of a text that a person typed, with the text and a caret below the wrong place.
UsageError malformed(std::string_view what, std::string_view text, const ParseError& error);

}  // namespace exitproof::cli
