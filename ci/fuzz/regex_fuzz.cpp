#include "exitproof/regex.hpp"

#include <optional>

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

// A line with an expression, then a text (--once, --ready out:): it is refused with a ParseError, or is searched for
// within bounds; and a text without a line's end is the same to both ways to search.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::string_view expression = fuzz::take_field(text);
  std::optional<Regex> regex;
  if (!fuzz::accepts(expression, [&] { regex.emplace(expression); })) return 0;
  const bool in_text = regex->found_in(text, Regex::Lines::one);
  const bool in_lines = regex->found_in(text, Regex::Lines::many);
  const bool says_lines_itself = expression.find("(?") != std::string_view::npos;
  if (!says_lines_itself && text.find_first_of("\r\n") == std::string_view::npos) {
    fuzz::require(in_text == in_lines, "one line is found as a text is");
  }
  return 0;
}
