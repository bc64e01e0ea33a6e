#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exitproof {

/// Text of a subject's making, fit for documents that others open: valid UTF-8 without control characters, without
/// those that turn the direction of writing, and without what XML 1.0 forbids. Each is shown as \xHH or \u{HHHH}.
std::string plain_line(std::string_view text);

/// The same for text of several lines: newlines and tabs stay.
std::string plain_lines(std::string_view text);

/// The word as a shell reads it back, in characters that plain_lines() leaves alone: as shell_quote() where the word has
/// no others, else in bash's $'...', which zsh, ksh and the sh of POSIX.1-2024 know too, and dash does not.
std::string shell_word(std::string_view word);
/// The words so, with a space between.
std::string shell_words(const std::vector<std::string>& words);

/// Of a text in UTF-8 the first `letters` characters, and an ellipsis where there are more.
std::string first_letters(const std::string& text, std::size_t letters);

}  // namespace exitproof
