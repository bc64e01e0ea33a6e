#pragma once

#include <cstdint>
#include <string>

namespace exitproof {

/// What a rate seen in some trials says of the rate itself, at 95 % confidence.
struct RateInterval {
  double low = 0;
  double high = 1;
  bool operator==(const RateInterval&) const = default;
};

/// Wilson's score interval, two-sided (Wilson 1927, without continuity correction): of `same` in `times` trials that do
/// not depend on each other. It holds for few trials too, and for rates of 0 and 1. Nothing is known after no trial:
/// 0 to 1. `same` is at most `times`.
RateInterval wilson_interval(std::uint64_t same, std::uint64_t times);

/// What was seen in none of `times` trials, drawn one as the other, happens at a rate below this: the one-sided 95 %
/// bound of Clopper and Pearson, 1 - 0.05^(1/times), which is just under 3/times (the "rule of three"). 1 after no
/// trial.
double highest_rate_of_none(std::uint64_t times);

/// "95 % interval 0.23 to 0.88"; where all were the same Wilson's lower bound, rounded down: "at least 0.963 (95 %)".
/// Empty after no trial.
std::string interval_words(std::uint64_t same, std::uint64_t times);

/// "3 of 5, 95 % interval 0.23 to 0.88", "100 of 100: at least 0.963 (95 %)", "0 of 0".
std::string rate_words(std::uint64_t same, std::uint64_t times);

/// "no failure in 300 trials: of plans drawn so, less than 1.00 % fail (95 %)", rounded up; empty after no trial.
std::string none_words(std::uint64_t times);

}  // namespace exitproof
