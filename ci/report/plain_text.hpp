#pragma once

#include <string>
#include <string_view>

namespace exitproof {

/// Text of a subject's making, fit for documents that others open: valid UTF-8 without control characters, without
/// those that turn the direction of writing, and without what XML 1.0 forbids. Each is shown as \xHH or \u{HHHH}.
std::string plain_line(std::string_view text);

/// The same for text of several lines: newlines and tabs stay.
std::string plain_lines(std::string_view text);

}  // namespace exitproof
