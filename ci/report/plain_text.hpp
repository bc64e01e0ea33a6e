#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace exitproof {

/// Text of a subject's making, fit for documents that others open: valid UTF-8 without control characters, without
/// those that turn the direction of writing, and without what XML 1.0 forbids. Each is shown as \xHH or \u{HHHH}.
std::string plain_line(std::string_view text);

/// The same for text of several lines: newlines and tabs stay.
std::string plain_lines(std::string_view text);

/// Of a text in UTF-8 the first `letters` characters, and an ellipsis where there are more.
std::string first_letters(const std::string& text, std::size_t letters);

}  // namespace exitproof
