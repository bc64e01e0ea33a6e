#include "exitproof/rate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace exitproof {
namespace {

void expect_interval(std::uint64_t same, std::uint64_t times, double low, double high) {
  const RateInterval interval = wilson_interval(same, times);
  EXPECT_NEAR(interval.low, low, 0.00005) << same << " of " << times;
  EXPECT_NEAR(interval.high, high, 0.00005) << same << " of " << times;
}

// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
// method 3: Wilson's score interval.
TEST(WilsonInterval, IsThePublishedOne) {
  expect_interval(81, 263, 0.2553, 0.3662);
  expect_interval(15, 148, 0.0624, 0.1605);
  expect_interval(0, 20, 0.0000, 0.1611);
  expect_interval(1, 29, 0.0061, 0.1718);
}

TEST(WilsonInterval, AtTheEndsIsAsOneCanReckonByHand) {
  expect_interval(5, 5, 1 / (1 + 3.8414588 / 5), 1);
  expect_interval(0, 5, 0, 1 - 1 / (1 + 3.8414588 / 5));
  EXPECT_EQ(wilson_interval(0, 0), (RateInterval{.low = 0, .high = 1}));
}

RC_GTEST_PROP(WilsonInterval, holds_the_rate_and_is_its_own_mirror, ()) {
  const auto times = *rc::gen::inRange<std::uint64_t>(1, 100'000);
  const auto same = *rc::gen::inRange<std::uint64_t>(0, times + 1);
  const RateInterval interval = wilson_interval(same, times);
  const double rate = static_cast<double>(same) / static_cast<double>(times);
  RC_ASSERT(0 <= interval.low && interval.low <= rate && rate <= interval.high && interval.high <= 1);
  const RateInterval mirror = wilson_interval(times - same, times);
  RC_ASSERT(std::abs(interval.low + mirror.high - 1) < 1e-9);
}

// Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983): the exact bound and
// the rule of three.
TEST(HighestRateOfNone, IsThePublishedOne) {
  EXPECT_NEAR(highest_rate_of_none(10), 0.259, 0.0005);
  EXPECT_NEAR(highest_rate_of_none(14), 0.193, 0.0005);
  EXPECT_NEAR(highest_rate_of_none(100), 0.0295, 0.00005);
  EXPECT_DOUBLE_EQ(highest_rate_of_none(1), 0.95);
  EXPECT_EQ(highest_rate_of_none(0), 1);
}

RC_GTEST_PROP(HighestRateOfNone, keeps_below_the_rule_of_three_and_comes_near_it, ()) {
  const auto times = *rc::gen::inRange<std::uint64_t>(30, 1'000'000'000);
  const double three = 3.0 / static_cast<double>(times);
  RC_ASSERT(highest_rate_of_none(times) < three);
  RC_ASSERT(highest_rate_of_none(times) > 0.94 * three);
}

TEST(RateWords, SayTheInterval) {
  EXPECT_EQ(rate_words(3, 5), "3 of 5, 95 % interval 0.23 to 0.88");
  EXPECT_EQ(rate_words(0, 5), "0 of 5, 95 % interval 0.00 to 0.43");
  EXPECT_EQ(rate_words(5, 5), "5 of 5: at least 0.565 (95 %)");
  EXPECT_EQ(rate_words(100, 100), "100 of 100: at least 0.963 (95 %)");
  EXPECT_EQ(rate_words(0, 0), "0 of 0");
}

TEST(NoneWords, NeverPromiseTooMuch) {
  EXPECT_EQ(none_words(1), "no failure in 1 trial: of plans drawn so, less than 95.00 % fail (95 %)");
  EXPECT_EQ(none_words(300), "no failure in 300 trials: of plans drawn so, less than 1.00 % fail (95 %)");
  EXPECT_EQ(none_words(1'000'000), "no failure in 1000000 trials: of plans drawn so, less than 3.0e-04 % fail (95 %)");
  EXPECT_EQ(none_words(0), "");
}

}  // namespace
}  // namespace exitproof
