#include "exitproof/rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "exitproof/check.hpp"

namespace exitproof {
namespace {

constexpr double two_sided_quantile = 1.959963984540054;  // of the normal distribution, at 0.975
constexpr double error = 0.05;

}  // namespace

RateInterval wilson_interval(std::uint64_t same, std::uint64_t times) {
  check(same <= times, "no more can be the same than there were");
  if (times == 0) return {};
  const auto n = static_cast<double>(times);
  const double rate = static_cast<double>(same) / n;
  const double z2 = two_sided_quantile * two_sided_quantile;
  const double centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const double half = two_sided_quantile / (1 + z2 / n) * std::sqrt(rate * (1 - rate) / n + z2 / (4 * n * n));
  // At the ends the formula gives 0 and 1 but for rounding.
  return {.low = same == 0 ? 0 : std::max(0.0, centre - half),
          .high = same == times ? 1 : std::min(1.0, centre + half)};
}

double highest_rate_of_none(std::uint64_t times) {
  return times == 0 ? 1 : -std::expm1(std::log(error) / static_cast<double>(times));
}

std::string interval_words(std::uint64_t same, std::uint64_t times) {
  if (times == 0) return {};
  const RateInterval interval = wilson_interval(same, times);
  if (same == times) return fmt::format("at least {:.3f} (95 %)", std::floor(interval.low * 1000) / 1000);
  return fmt::format("95 % interval {:.2f} to {:.2f}", interval.low, interval.high);
}

std::string rate_words(std::uint64_t same, std::uint64_t times) {
  const std::string rate = fmt::format("{} of {}", same, times);
  if (times == 0) return rate;
  return rate + (same == times ? ": " : ", ") + interval_words(same, times);
}

std::string none_words(std::uint64_t times) {
  if (times == 0) return {};
  const double percent = highest_rate_of_none(times) * 100;
  // Never rounded to a promise that is too good.
  const double shown = percent >= 0.01 ? std::ceil(percent * 100) / 100 : percent;
  return fmt::format("no failure in {} trial{}: of plans drawn so, less than {} % fail (95 %)", times,
                     times == 1 ? "" : "s",
                     percent >= 0.01 ? fmt::format("{:.2f}", shown) : fmt::format("{:.1e}", shown));
}

}  // namespace exitproof
