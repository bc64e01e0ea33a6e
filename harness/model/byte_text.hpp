#pragma once

#include <string>
#include <string_view>

namespace exitproof {

/// The kernel's names, arguments and variables are bytes of any kind, and JSON's strings are UTF-8: each byte of `bytes`
/// that is no part of valid UTF-8 becomes one character of U+10FE80 to U+10FEFF, which are nobody's, and so do the
/// bytes of such a character itself. Valid UTF-8 without those is its own text.
std::string text_of_bytes(std::string_view bytes);

/// The inverse: bytes_of_text(text_of_bytes(bytes)) == bytes for all bytes.
std::string bytes_of_text(std::string_view text);

}  // namespace exitproof
