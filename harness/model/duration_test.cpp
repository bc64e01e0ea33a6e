#include "exitproof/duration.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exitproof/generators.hpp"
#include "harness/model/parse_error_testing.hpp"

namespace exitproof {
namespace {

using namespace std::chrono_literals;

RC_GTEST_PROP(Duration, print_then_parse_is_identity, ()) {
  const Millis duration = *generators::duration();
  RC_ASSERT(parse_duration(print_duration(duration)) == duration);
}

TEST(Duration, reads_every_unit) {
  const std::pair<std::string_view, Millis> cases[] = {
      {"0", 0ms},      {"0ms", 0ms},     {"200ms", 200ms}, {"2s", 2s},       {"3m", 3min},
      {"1h", 1h},      {"1.5s", 1500ms}, {"0.25s", 250ms}, {"0.001s", 1ms},  {"1.0ms", 1ms},
      {"0.5h", 30min}, {"1.25m", 75s},   {"2.000s", 2s},   {"0.10s", 100ms},
  };
  for (const auto& [text, duration] : cases) EXPECT_EQ(parse_duration(text), duration) << text;
}

TEST(Duration, prints_the_shortest_exact_form) {
  const std::pair<Millis, std::string_view> cases[] = {
      {0ms, "0ms"}, {1500ms, "1500ms"}, {2s, "2s"}, {90s, "90s"}, {3min, "3m"}, {60min, "1h"}, {90min, "90m"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(print_duration(duration), text);
}

TEST(Duration, refuses_with_the_column) {
  const testing::BadText cases[] = {
      {"", 1, "a duration such as 200ms"},
      {"ms", 1, "a duration"},
      {"5", 2, "a unit: ms, s, m or h"},
      {"5x", 2, "a unit"},
      {"-5s", 1, "a duration"},
      {"5s ", 3, "the end"},
      {"5.s", 3, "a digit"},
      {"1.0005s", 1, "milliseconds"},
      {"0.5ms", 1, "milliseconds"},
      {"99999999999999999999s", 1, "a duration"},
      {"999999999999h", 1, "31 years"},
      {"05s", 1, "a duration"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(parse_duration, text, column, words);
}

TEST(Duration, is_described_rounded) {
  const std::pair<Micros, std::string_view> cases[] = {
      {0us, "0 us"},           {412us, "412 us"},       {999us, "999 us"},        {3'440us, "3.4 ms"},
      {99'940us, "99.9 ms"},   {99'960us, "100 ms"},    {999'400us, "999 ms"},    {999'600us, "1.00 s"},
      {2'100'000us, "2.10 s"}, {9'999'000us, "10.0 s"}, {75'000'000us, "75.0 s"}, {300'000'000us, "300 s"},
      {-412us, "-412 us"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(describe_duration(duration), text);
}

}  // namespace
}  // namespace exitproof
