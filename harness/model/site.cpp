#include "exitproof/site.hpp"

#include <array>

#include <fmt/format.h>

#include "harness/model/grammar.hpp"

namespace exitproof {
namespace {

constexpr std::string_view expected_point =
    "a point: a call's class, quiet, tick, probe=NAME, new, line=MODULE or call=MODULE";

/// What stands for a point that is no call.
constexpr std::array<std::string_view, 6> other_points{"quiet", "tick", "probe", "new", "line", "call"};

std::span<const std::string_view> point_names() {
  static const auto all = [] {
    std::array<std::string_view, call_class_count + other_points.size()> names{};
    std::size_t i = 0;
    for (const CallClass call_class : all_call_classes()) names[i++] = call_class_name(call_class);
    for (const std::string_view name : other_points) names[i++] = name;
    return names;
  }();
  return all;
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

std::uint64_t read_nth(TextCursor& cursor) {
  cursor.expect(":", "':' and a number");
  return cursor.number("a number from 1", {.min = 1});
}

std::string read_text(TextCursor& cursor) {
  cursor.expect("=", "'=' and a name");
  std::string text = cursor.percent_decoded("a text");
  if (cursor.peek() != ':')
    cursor.fail("':' and a number (in a text every byte but A-Z a-z 0-9 . _ - is percent-encoded)");
  return text;
}

Point read_point(TextCursor& cursor) {
  const std::size_t from = cursor.offset();
  const std::string_view word = cursor.take_while(is_lower);
  if (word == "quiet") return QuietPoint{read_nth(cursor)};
  if (word == "tick") return TickPoint{read_nth(cursor)};
  if (word == "new") return NewPoint{read_nth(cursor)};
  if (word == "probe" || word == "line" || word == "call") {
    std::string text = read_text(cursor);
    const std::uint64_t nth = read_nth(cursor);
    if (word == "probe") return ProbePoint{std::move(text), nth};
    if (word == "line") return LinePoint{std::move(text), nth};
    return CallEventPoint{std::move(text), nth};
  }
  const std::optional<CallClass> call_class = call_class_of_name(word);
  if (!call_class) cursor.fail_at_name(from, word, expected_point, point_names());
  CallPoint point{.call_class = *call_class, .text = std::nullopt, .nth = 1};
  if (cursor.peek() == '=') point.text = read_text(cursor);
  point.nth = read_nth(cursor);
  return point;
}

/// `quiet:2` is a moment of the whole subject; `quiet:write:2` is a call of a process named quiet.
bool starts_with_quiet_point(const TextCursor& cursor) {
  constexpr std::string_view quiet = "quiet:";
  const std::string_view rest = cursor.rest();
  return rest.starts_with(quiet) && rest.size() > quiet.size() && is_digit(rest[quiet.size()]);
}

ProcessSelector read_process(TextCursor& cursor) {
  const std::size_t from = cursor.offset();
  ProcessSelector process = grammar::selector(cursor);
  if (cursor.peek() != ':') cursor.fail("':' and a point");
  // `write:5` reads as a process named write; what is meant is clear, and what to type is not.
  const std::string_view word = cursor.since(from);
  if (cursor.rest().size() > 1 && is_digit(cursor.rest()[1]))
    throw ParseError(from + 1, "a process before the point, such as 0:" + std::string(word) + ":1", quote(word));
  cursor.expect(":", "':' and a point");
  return process;
}

struct PointPrinter {
  std::string operator()(const CallPoint& point) const {
    const std::string_view name = call_class_name(point.call_class);
    if (point.text) return fmt::format("{}={}:{}", name, percent_encode(*point.text), point.nth);
    return fmt::format("{}:{}", name, point.nth);
  }
  std::string operator()(const QuietPoint& point) const { return fmt::format("quiet:{}", point.nth); }
  std::string operator()(const TickPoint& point) const { return fmt::format("tick:{}", point.nth); }
  std::string operator()(const NewPoint& point) const { return fmt::format("new:{}", point.nth); }
  std::string operator()(const ProbePoint& point) const {
    return fmt::format("probe={}:{}", percent_encode(point.name), point.nth);
  }
  std::string operator()(const LinePoint& point) const {
    return fmt::format("line={}:{}", percent_encode(point.module), point.nth);
  }
  std::string operator()(const CallEventPoint& point) const {
    return fmt::format("call={}:{}", percent_encode(point.module), point.nth);
  }
};

}  // namespace

Site grammar::site(TextCursor& cursor) {
  Site site;
  if (!starts_with_quiet_point(cursor)) site.process = read_process(cursor);
  site.point = read_point(cursor);
  const std::size_t after_from = cursor.offset();
  if (cursor.accept(":after")) {
    if (!std::holds_alternative<CallPoint>(site.point))
      cursor.fail_at(after_from + 1, "no :after, which only a call can have");
    site.after = true;
  }
  if (cursor.accept("+")) {
    const std::size_t from = cursor.offset();
    site.delay = grammar::duration(cursor);
    if (site.delay == Millis{0}) cursor.fail_at(from, "a delay above 0");
  }
  return site;
}

bool Site::exact() const {
  return delay == Millis{0} && !std::holds_alternative<TickPoint>(point);
}

Site Site::parse(std::string_view text) {
  TextCursor cursor(text);
  Site site = grammar::site(cursor);
  cursor.expect_end();
  return site;
}

std::string Site::print() const {
  std::string text = process ? print_selector(*process) + ":" : std::string();
  text += std::visit(PointPrinter{}, point);
  if (after) text += ":after";
  if (delay != Millis{0}) text += "+" + print_duration(delay);
  return text;
}

}  // namespace exitproof
