#include "exitproof/regex.hpp"

#include <re2/re2.h>

#include <string>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

/// What one expression, made into a machine, may take.
constexpr std::int64_t memory_most = 4 << 20;
constexpr std::size_t expression_longest = 4096;

RE2::Options options() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);  // output is bytes, whatever they mean
  options.set_log_errors(false);
  options.set_max_mem(memory_most);
  return options;
}

std::size_t column_of(std::string_view expression, const std::string& part) {
  const std::size_t at = part.empty() ? std::string_view::npos : expression.find(part);
  return at == std::string_view::npos ? 1 : at + 1;
}

std::string without_carriage_returns(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') lines += text[i];
  }
  return lines;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct Regex::Engines {
  explicit Engines(std::string_view expression)
      : of_text(piece(expression), options()), of_lines("(?m:" + std::string(expression) + ")", options()) {}

  RE2 of_text;
  RE2 of_lines;
};

Regex::Regex(std::string_view expression) {
  constexpr const char* expected = "a regular expression";
  if (expression.size() > expression_longest) {
    throw ParseError(expression_longest + 1, "a regular expression of at most 4096 bytes", "a longer one");
  }
  const auto engines = std::make_shared<const Engines>(expression);
  const RE2& engine = engines->of_text;
  if (!engine.ok()) {
    throw ParseError(column_of(expression, engine.error_arg()), expected, engine.error());
  }
  if (!engines->of_lines.ok()) throw ParseError(1, expected, engines->of_lines.error());
  engines_ = engines;
}

bool Regex::found_in(std::string_view text, Lines lines) const {
  if (lines == Lines::one) return RE2::PartialMatch(piece(text), engines_->of_text);
  return RE2::PartialMatch(without_carriage_returns(text), engines_->of_lines);
}

}  // namespace exitproof
