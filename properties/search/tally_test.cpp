#include "exitproof/tally.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(Tally, CountsEachVerdictOnceAndInTheTotal) {
  Tally tally{.planned = 9};
  for (const Verdict verdict : {Verdict::held, Verdict::held, Verdict::violated, Verdict::not_exercised, Verdict::flaky,
                                Verdict::harness_error}) {
    tally.count(verdict);
  }
  EXPECT_EQ(
      tally,
      (Tally{.planned = 9, .total = 6, .held = 2, .violated = 1, .not_exercised = 1, .flaky = 1, .harness_error = 1}));
}

}  // namespace
}  // namespace exitproof
