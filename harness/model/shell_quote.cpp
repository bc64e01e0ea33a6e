#include "exitproof/shell_quote.hpp"

#include <algorithm>

namespace exitproof {
namespace {

bool is_safe(char character) {
  constexpr std::string_view marks = "@%+=:,./-_";
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || marks.find(character) != std::string_view::npos;
}

}  // namespace

std::string shell_quote(std::string_view word) {
  // zsh replaces a leading = by a command's path, and a word like a=b in front of a command is an assignment.
  const bool safe = !word.empty() && word.front() != '=' && std::all_of(word.begin(), word.end(), is_safe);
  if (safe) return std::string(word);
  std::string quoted = "'";
  for (const char character : word) {
    if (character == '\'') {
      quoted += "'\\''";
    } else {
      quoted += character;
    }
  }
  return quoted + '\'';
}

std::string shell_join(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    line += shell_quote(word);
  }
  return line;
}

}  // namespace exitproof
