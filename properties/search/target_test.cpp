#include "exitproof/target.hpp"

#include <gtest/gtest.h>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

const TargetProcess parent{.path = ProcessPath::root(), .command = "make", .leaf = false};
const TargetProcess compiler{.path = ProcessPath::root().child(2), .command = "cc1", .leaf = true};

bool covers(std::string_view text, const TargetProcess& process) {
  return Target::parse(text).covers(process);
}

TEST(Target, ChoosesByThePartInTheTree) {
  EXPECT_TRUE(covers("any", parent) && covers("any", compiler));
  EXPECT_TRUE(covers("root", parent) && !covers("root", compiler));
  EXPECT_TRUE(!covers("others", parent) && covers("others", compiler));
  EXPECT_TRUE(!covers("leaf", parent) && covers("leaf", compiler));
  EXPECT_TRUE(!covers("command=cc1", parent) && covers("command=cc1", compiler));
}

TEST(Target, ParsesWhatItPrints) {
  for (const std::string_view text : {"any", "root", "others", "leaf", "command=cc1"}) {
    EXPECT_EQ(Target::parse(text).print(), text);
  }
}

TEST(Target, SaysWhatItExpected) {
  for (const std::string_view text : {"", "command=", "all"}) EXPECT_THROW(Target::parse(text), ParseError) << text;
  try {
    Target::parse("rot");
    FAIL();
  } catch (const ParseError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"root\"?"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace exitproof
