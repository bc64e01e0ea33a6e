#include "exitproof/seed.hpp"

#include <gtest/gtest.h>

#include <set>

namespace exitproof {
namespace {

TEST(Seed, StreamsDifferByNameAndBySeed) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const char* name : {"a", "b", ""}) seen.insert(split_seed(seed, name));
  }
  EXPECT_EQ(seen.size(), 300U);
}

TEST(Seed, IsTheSameOnEveryMachine) {
  EXPECT_EQ(split_seed(1, "order"), split_seed(1, "order"));
  EXPECT_EQ(draw_below(0, 1), 0U);
}

TEST(Seed, DrawsSpread) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::uint64_t drawn = draw_below(seed, 10);
    EXPECT_LT(drawn, 10U);
    seen.insert(drawn);
  }
  EXPECT_EQ(seen.size(), 10U);
}

}  // namespace
}  // namespace exitproof
