#pragma once

#include <string>
#include <string_view>

namespace exitproof {

/// Any text as HTML or SVG shows it, in an element or a quoted attribute: on one line, its control characters made
/// visible (plain_line), `& < > " '` escaped.
std::string html_text(std::string_view text);

/// The same for a <pre>: newlines and tabs stay.
std::string html_lines(std::string_view text);

}  // namespace exitproof
