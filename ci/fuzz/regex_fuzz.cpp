#include "exitproof/regex.hpp"

#include <algorithm>
#include <optional>
#include <regex>

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

namespace {

/// The standard library's opinion. Of few bytes only: it takes exponential time, and stack for each byte.
void compare(const std::string& expression, const std::string& text, bool found, Regex::Lines lines) {
  const auto flags =
      lines == Regex::Lines::many ? std::regex::ECMAScript | std::regex::multiline : std::regex::ECMAScript;
  fuzz::require(std::regex_search(text, std::regex(expression, flags)) == found, "it finds what the standard's finds");
}

bool is_comparable(std::string_view expression, std::string_view text) {
  constexpr std::size_t short_enough = 10;
  const auto plain = [](char c) { return c >= '\t' && c < '\x7f'; };
  // A brace may ask for more repetitions than the standard library has memory for, and it reads \cX as X.
  return expression.size() <= short_enough && text.size() <= short_enough &&
         std::all_of(expression.begin(), expression.end(), plain) && std::all_of(text.begin(), text.end(), plain) &&
         expression.find("00") == std::string_view::npos && expression.find("\\c") == std::string_view::npos;
}

}  // namespace

// A line with an expression, then a text (--once, --ready out:): it is refused with a ParseError, or is searched for
// within bounds and found where the standard library finds it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::string_view expression = fuzz::take_field(text);
  std::optional<Regex> regex;
  if (!fuzz::accepts(expression, [&] { regex.emplace(expression); })) return 0;
  constexpr std::size_t enough = 200;
  text = text.substr(0, enough);
  for (const auto lines : {Regex::Lines::one, Regex::Lines::many}) {
    const bool found = regex->found_in(text, lines);
    if (is_comparable(expression, text)) compare(std::string(expression), std::string(text), found, lines);
  }
  return 0;
}
