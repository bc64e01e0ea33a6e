#include "exitproof/shard.hpp"

#include <gtest/gtest.h>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

TEST(Shard, IsPrintedAsItIsRead) {
  EXPECT_EQ(Shard::parse("3/8"), (Shard{.index = 3, .of = 8}));
  EXPECT_EQ(Shard::parse("3/8").print(), "3/8");
  EXPECT_TRUE(Shard::parse("1/1").is_whole());
}

TEST(Shard, IsRefusedWhereItIsNone) {
  for (const char* text : {"", "3", "/", "3/", "/8", "0/8", "9/8", "1/0", "-1/8", "1/8 ", " 1/8", "1/8/2", "1.5/8",
                           "1/10001", "1/99999999999"}) {
    EXPECT_THROW(Shard::parse(text), ParseError) << text;
  }
}

TEST(Shard, EachThingBelongsToOne) {
  for (std::size_t n = 0; n < 50; ++n) {
    unsigned owners = 0;
    for (unsigned index = 1; index <= 7; ++index) owners += Shard{.index = index, .of = 7}.owns(n) ? 1U : 0U;
    EXPECT_EQ(owners, 1U);
  }
}

}  // namespace
}  // namespace exitproof
