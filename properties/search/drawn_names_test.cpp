#include "properties/search/drawn_names.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace exitproof {
namespace {

TEST(DrawnNames, AreAlikeInAllButAStretchOfOneLength) {
  EXPECT_TRUE(drawn_alike("/tmp/sh8Epiof", "/tmp/shUVzwAd"));
  EXPECT_TRUE(drawn_alike("/srv/report._oe72i9b", "/srv/report.l5lipogi"));
  EXPECT_TRUE(drawn_alike("/tmp/y7y0uh17/a", "/tmp/q8ksm20a/a"));
  EXPECT_TRUE(drawn_alike("/tmp/shoKbusq", "/tmp/sh*"));
  EXPECT_TRUE(drawn_alike("/tmp/sh*.c", "/tmp/shoKbusq.c"));
  EXPECT_TRUE(drawn_alike("/tmp/uploaduovh*p", "/tmp/upload*"));
}

TEST(DrawnNames, AreNotThoseThatSomebodyChose) {
  EXPECT_FALSE(drawn_alike("/tmp/a.tmp", "/tmp/b.tmp"));
  EXPECT_FALSE(drawn_alike("/tmp/data1", "/tmp/data2"));
  EXPECT_FALSE(drawn_alike("/tmp/qwertz", "/srv/yxcvbn"));
  EXPECT_FALSE(drawn_alike("/tmp/short", "/tmp/longer"));
  EXPECT_FALSE(drawn_alike("/tmp/same", "/tmp/same"));
  EXPECT_FALSE(drawn_alike("/tmp/sh*", "/tmp/sh1"));
  EXPECT_FALSE(drawn_alike("/tmp/upload*", "/tmp/report*"));
  EXPECT_FALSE(drawn_alike("/tmp/sh*", "/tmp/shell.conf"));
  EXPECT_FALSE(drawn_alike("python3", "sandbox"));
}

TEST(DrawnNames, HaveAShape) {
  const std::vector<std::string> names{"/tmp/sh8Epiof.log", "/tmp/sh8VzwAd.log", "/tmp/shX0q1w2.log"};
  EXPECT_EQ(shape_of_drawn(names), "/tmp/sh*.log");
  EXPECT_EQ(shape_of_drawn(std::vector<std::string>{"/tmp/a"}), "/tmp/a");
  EXPECT_EQ(shape_of_drawn(std::vector<std::string>{"/tmp/report*_7", "/tmp/report*"}), "/tmp/report*");
}

}  // namespace
}  // namespace exitproof
