#include "ci/pages/script_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace exitproof::pages {

std::string filled(std::string text, std::string_view mark, const std::string& replacement) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + replacement.size())) {
    text.replace(at, mark.size(), replacement);
  }
  return text;
}

std::string in_quotes(const std::string& text) {
  return '\'' + filled(text, "'", "'\\''") + '\'';
}

std::string in_fish_quotes(const std::string& text) {
  return '\'' + filled(filled(text, "\\", "\\\\"), "'", "\\'") + '\'';
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace exitproof::pages
