#include "exitproof/duration.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "harness/model/grammar.hpp"

namespace exitproof {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};

/// Largest first, but "ms" before "m": the first that fits the text is the unit.
constexpr std::array<Unit, 4> units{{{"h", 3'600'000}, {"ms", 1}, {"m", 60'000}, {"s", 1'000}}};
/// Largest first, for printing.
constexpr std::array<Unit, 4> by_size{{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

constexpr std::uint64_t longest_millis = 1'000'000'000'000;  // 31 years: sums of a few never overflow
constexpr std::string_view expected_duration = "a duration such as 200ms, 2s or 3m";

Unit read_unit(TextCursor& cursor) {
  for (const Unit& unit : units)
    if (cursor.accept(unit.name)) return unit;
  cursor.fail("a unit: ms, s, m or h");
}

/// The digits after the point in milliseconds of `unit`, when they are a whole number of them.
std::optional<std::int64_t> fraction_millis(std::string_view digits, Unit unit) {
  std::int64_t millis = 0;
  std::int64_t weight = unit.millis;
  for (const char digit : digits) {
    if (digit == '0') {
      weight = weight % 10 == 0 ? weight / 10 : 0;
      continue;
    }
    if (weight % 10 != 0) return std::nullopt;
    weight /= 10;
    if (weight == 0) return std::nullopt;
    millis += (digit - '0') * weight;
  }
  return millis;
}

}  // namespace

Millis grammar::duration(TextCursor& cursor) {
  const std::size_t from = cursor.offset();
  const std::uint64_t whole = cursor.number(expected_duration, {.max = longest_millis});
  std::string_view fraction;
  if (cursor.accept(".")) {
    fraction = cursor.take_while(is_digit);
    if (fraction.empty()) cursor.fail("a digit after the point");
  }
  const Unit unit = read_unit(cursor);
  const std::optional<std::int64_t> part = fraction_millis(fraction, unit);
  if (!part) cursor.fail_at(from, "a whole number of milliseconds");
  if (whole > longest_millis / static_cast<std::uint64_t>(unit.millis))
    cursor.fail_at(from, "a duration below 31 years");
  return Millis(static_cast<std::int64_t>(whole) * unit.millis + *part);
}

Millis parse_duration(std::string_view text) {
  if (text == "0") return Millis{0};
  TextCursor cursor(text);
  const Millis duration = grammar::duration(cursor);
  cursor.expect_end();
  return duration;
}

std::string print_duration(Millis duration) {
  const std::int64_t millis = duration.count();
  if (millis != 0)
    for (const Unit& unit : by_size)
      if (millis % unit.millis == 0) return fmt::format("{}{}", millis / unit.millis, unit.name);
  return "0ms";
}

std::string describe_duration(Micros duration) {
  const std::int64_t micros = duration.count();
  if (micros < 0) return "-" + describe_duration(-duration);
  if (micros < 1'000) return fmt::format("{} us", micros);
  const double millis = static_cast<double>(micros) / 1e3;
  if (millis < 99.95) return fmt::format("{:.1f} ms", millis);
  if (millis < 999.5) return fmt::format("{:.0f} ms", millis);
  const double seconds = millis / 1e3;
  if (seconds < 9.995) return fmt::format("{:.2f} s", seconds);
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  return fmt::format("{:.0f} s", seconds);
}

}  // namespace exitproof
