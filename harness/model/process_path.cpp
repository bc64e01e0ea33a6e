#include "exitproof/process_path.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "exitproof/check.hpp"
#include "harness/model/grammar.hpp"

namespace exitproof {
namespace {

constexpr TextCursor::Range births_range{.min = 1, .max = std::numeric_limits<std::uint32_t>::max()};

ProcessPath read_path(TextCursor& cursor) {
  cursor.expect("0", "a process path, which begins with 0, the root");
  ProcessPath path;
  while (cursor.accept("."))
    path.births.push_back(static_cast<std::uint32_t>(cursor.number("a child's number from 1", births_range)));
  if (cursor.accept("/"))
    path.thread = static_cast<std::uint32_t>(cursor.number("a thread's number from 1", births_range));
  return path;
}

bool is_name_byte(char c) {
  return is_plain(c) || c == '%' || c == '/';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// Where the `%N` of a name begins: its last '%', when only digits follow to the end.
std::size_t ordinal_offset(std::string_view encoded) {
  const std::size_t percent = encoded.rfind('%');
  return percent != std::string_view::npos && all_digits(encoded.substr(percent + 1)) ? percent
                                                                                      : std::string_view::npos;
}

/// Digits, points and slashes after a first digit are read as a path, so no name may print so.
bool reads_as_path(std::string_view word) {
  return !word.empty() && is_digit(word.front()) &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.' || c == '/'; });
}

}  // namespace

ProcessPath ProcessPath::child(std::uint32_t birth) const {
  check(birth >= 1, "births count from 1");
  ProcessPath path = process();
  path.births.push_back(birth);
  return path;
}

ProcessPath ProcessPath::extra_thread(std::uint32_t birth) const {
  check(birth >= 1, "extra threads count from 1");
  return {.births = births, .thread = birth};
}

ProcessPath ProcessPath::process() const {
  return {.births = births, .thread = 0};
}

std::optional<ProcessPath> ProcessPath::parent() const {
  if (is_root()) return std::nullopt;
  ProcessPath path = process();
  path.births.pop_back();
  return path;
}

bool ProcessPath::descends_from(const ProcessPath& ancestor) const {
  return births.size() > ancestor.births.size() &&
         std::equal(ancestor.births.begin(), ancestor.births.end(), births.begin());
}

ProcessPath ProcessPath::parse(std::string_view text) {
  TextCursor cursor(text);
  ProcessPath path = read_path(cursor);
  cursor.expect_end();
  return path;
}

std::string ProcessPath::print() const {
  std::string text = births.empty() ? "0" : fmt::format("0.{}", fmt::join(births, "."));
  if (thread != 0) text += fmt::format("/{}", thread);
  return text;
}

ProcessSelector grammar::selector(TextCursor& cursor) {
  const std::size_t from = cursor.offset();
  TextCursor ahead = cursor;
  const std::string_view word = ahead.take_while(is_name_byte);
  if (reads_as_path(word)) {
    ProcessPath path = read_path(cursor);
    if (cursor.offset() != from + word.size()) cursor.fail("the end of the process path");
    return path;
  }
  ProcessName name;
  const std::size_t percent = ordinal_offset(word);
  const std::size_t base_end = from + std::min(percent, word.size());
  // The ordinal is cut off first: its '%' is no percent-encoding.
  TextCursor base(cursor.text_up_to(base_end));
  base.skip_to(from);
  name.base = base.percent_decoded("a process: a path such as 0.2, or a command's name");
  if (!base.at_end()) base.fail("a command's name (every byte but A-Z a-z 0-9 . _ - percent-encoded)");
  cursor.skip_to(base_end);
  if (cursor.accept("%"))
    name.nth = static_cast<std::uint32_t>(cursor.number("the process's number among those of its name", births_range));
  return name;
}

ProcessSelector parse_selector(std::string_view text) {
  TextCursor cursor(text);
  ProcessSelector selector = grammar::selector(cursor);
  cursor.expect_end();
  return selector;
}

std::string print_selector(const ProcessSelector& selector) {
  if (const auto* path = std::get_if<ProcessPath>(&selector)) return path->print();
  const auto& name = std::get<ProcessName>(selector);
  std::string text = percent_encode(name.base);
  if (reads_as_path(text)) text = fmt::format("%{:02X}{}", static_cast<unsigned char>(text.front()), text.substr(1));
  if (name.nth != 1 || ordinal_offset(text) != std::string_view::npos) text += fmt::format("%{}", name.nth);
  return text;
}

}  // namespace exitproof
