#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exitproof {

/// The word as sh(1) reads it back unchanged: as it is where that is safe, else in single quotes.
std::string shell_quote(std::string_view word);

/// The words quoted where they must be, with a space between.
std::string shell_join(const std::vector<std::string>& words);

}  // namespace exitproof
