#include "exitproof/parse_error.hpp"

#include <utility>

#include <fmt/format.h>

namespace exitproof {

ParseError::ParseError(std::size_t column, std::string expected, std::string found)
    : std::invalid_argument(fmt::format("column {}: expected {}, found {}", column, expected, found)),
      column_(column),
      expected_(std::move(expected)),
      found_(std::move(found)) {}

}  // namespace exitproof
