#include "ci/certify/level.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

constexpr std::string_view second_name = "exhaustive+second";
constexpr std::uint64_t usual_second_plans = 200;
constexpr std::string_view expected = "smoke, exhaustive, exhaustive+second, exhaustive+second:N or random:N";

/// The number after NAME and a colon; nothing when the text is something else.
std::optional<std::uint64_t> count_after(std::string_view name, std::string_view text) {
  if (!text.starts_with(name) || text.substr(name.size(), 1) != ":") return std::nullopt;
  const std::string_view digits = text.substr(name.size() + 1);
  std::uint64_t count = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (error != std::errc{} || stop != digits.data() + digits.size() || count == 0) {
    throw ParseError(name.size() + 2, "a number of plans from 1", '"' + std::string(digits) + '"');
  }
  return count;
}

}  // namespace

Level Level::parse(std::string_view text) {
  if (text == "smoke") return {.kind = Kind::smoke};
  if (text == "exhaustive") return {.kind = Kind::exhaustive};
  if (text == second_name) return {.kind = Kind::second, .count = usual_second_plans};
  if (const auto count = count_after(second_name, text)) return {.kind = Kind::second, .count = *count};
  if (const auto count = count_after("random", text)) return {.kind = Kind::random, .count = *count};
  throw ParseError(1, std::string(expected), '"' + std::string(text) + '"');
}

std::string Level::print() const {
  switch (kind) {
    case Kind::smoke:
      return "smoke";
    case Kind::exhaustive:
      return "exhaustive";
    case Kind::second:
      return count == usual_second_plans ? std::string(second_name) : fmt::format("{}:{}", second_name, count);
    case Kind::random:
      return fmt::format("random:{}", count);
  }
  return {};
}

std::string Level::bound() const {
  constexpr std::string_view single =
      "every single fault of these kinds at every stable site; of sites with one call stack the first, the last and "
      "one that the seed drew";
  switch (kind) {
    case Kind::smoke:
      return "every single fault of these kinds at the quiet moments, and each kind at the first and the last site "
             "that it can strike";
    case Kind::exhaustive:
      return std::string(single);
    case Kind::second:
      return fmt::format("{}; then at most {} plans of two faults, the second at what the first one caused", single,
                         count);
    case Kind::random:
      return fmt::format("{} distinct plans of one to three faults that the seed drew", count);
  }
  return {};
}

void Level::apply(SearchOptions& search) const {
  search.second_plans = 0;
  switch (kind) {
    case Kind::smoke:
      search.explore = Explore::smoke;
      return;
    case Kind::exhaustive:
      search.explore = Explore::exhaustive;
      return;
    case Kind::second:
      search.explore = Explore::exhaustive;
      search.second_plans = count;
      return;
    case Kind::random:
      search.explore = Explore::random;
      search.most_faults = 3;
      search.max_trials = search.max_trials == 0 ? count : std::min(search.max_trials, count);
      return;
  }
}

}  // namespace exitproof
