#include "exitproof/explore.hpp"

#include <gtest/gtest.h>

#include <string>

namespace exitproof {
namespace {

TEST(Explore, IsReadAsItIsWritten) {
  for (const Explore explore : {Explore::exhaustive, Explore::smoke, Explore::random, Explore::both}) {
    EXPECT_EQ(explore_named(explore_name(explore)), explore);
    EXPECT_NE(explore_names.find(explore_name(explore)), std::string_view::npos);
  }
}

TEST(Explore, OtherNamesAreNone) {
  for (const std::string name : {"", "Both", "exhaustive ", "all"}) {
    EXPECT_EQ(explore_named(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace exitproof
