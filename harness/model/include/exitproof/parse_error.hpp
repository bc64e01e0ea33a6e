#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace exitproof {

/// A text that a person or a file gave us is not what its grammar asks for.
/// The message says what was expected and what was found; the column says where.
class ParseError : public std::invalid_argument {
 public:
  ParseError(std::size_t column, std::string expected, std::string found);

  /// Where the first wrong character stands, counted in bytes from 1.
  std::size_t column() const noexcept { return column_; }
  const std::string& expected() const noexcept { return expected_; }
  const std::string& found() const noexcept { return found_; }

 private:
  std::size_t column_;
  std::string expected_;
  std::string found_;
};

}  // namespace exitproof
