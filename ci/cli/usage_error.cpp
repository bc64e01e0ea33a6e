#include "ci/cli/usage_error.hpp"

#include <fmt/format.h>

namespace exitproof::cli {

UsageError malformed(std::string_view what, std::string_view text, const ParseError& error) {
  return UsageError(fmt::format("{}: expected {}, found {}, at column {}\n  {}\n  {:>{}}", what, error.expected(),
                                error.found(), error.column(), text, "^", error.column()));
}

}  // namespace exitproof::cli
