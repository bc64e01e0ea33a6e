#include "exitproof/shell_quote.hpp"

#include <optional>

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

namespace {

/// The words of a line as sh(1) splits it; nothing when it holds what a shell gives a meaning.
std::optional<std::vector<std::string>> shell_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ') {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == '\'') {
      const std::size_t end = line.find('\'', i + 1);
      if (end == std::string_view::npos) return std::nullopt;
      words.back() += line.substr(i + 1, end - i - 1);
      i = end;
    } else if (c == '\\') {
      if (++i == line.size() || line[i] == '\n') return std::nullopt;
      words.back() += line[i];
    } else if (std::string_view("|&;<>()$`\"*?[]#~{}!^\n\t").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace

// Words, one a line: a shell reads them back as they were.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  std::vector<std::string> words{std::string(text)};
  while (!text.empty()) words.emplace_back(fuzz::take_field(text));
  fuzz::require(shell_words(shell_join(words)) == words, "a shell reads the words back");
  return 0;
}
