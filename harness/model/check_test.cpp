#include "exitproof/check.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(Check, passes_what_holds) {
  check(true, "nothing to say");
}

TEST(CheckDeathTest, aborts_with_the_place_in_every_build) {
  EXPECT_DEATH(check(false, "births count from 1"), "internal error at .*check_test.cpp:[0-9]+: births count from 1");
}

}  // namespace
}  // namespace exitproof
