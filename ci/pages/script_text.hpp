#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exitproof::pages {

/// The text with each occurrence of `mark` replaced.
std::string filled(std::string text, std::string_view mark, const std::string& replacement);

/// A text in single quotes, as bash and zsh take it whole.
std::string in_quotes(const std::string& text);
/// The same for fish, where a backslash within quotes counts.
std::string in_fish_quotes(const std::string& text);

/// The words with a blank between each two.
std::string joined(const std::vector<std::string>& words);

}  // namespace exitproof::pages
