#include "harness/trial/tracer/probe_messages.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(ProbeMessagesTest, fields_are_lines) {
  const std::string text = "atexit\nremove\n\n12\nown";
  EXPECT_EQ(message_field(text, 0), "atexit");
  EXPECT_EQ(message_field(text, 1), "remove");
  EXPECT_EQ(message_field(text, 2), "");
  EXPECT_EQ(message_field(text, 3), "12");
  EXPECT_EQ(message_field(text, 4), "own");
  EXPECT_EQ(message_field(text, 5), "") << "there are fewer";
  EXPECT_EQ(message_field("", 0), "");
  EXPECT_EQ(message_field("", 1), "");
  EXPECT_EQ(message_field("ends\n", 1), "");
}

TEST(ProbeMessagesTest, a_line_is_a_number) {
  EXPECT_EQ(line_number("12"), 12);
  for (const char* none : {"", "0", "-1", "x", "12x", " 12", "99999999999999999999"}) {
    EXPECT_EQ(line_number(none), 0) << none;
  }
}

}  // namespace
}  // namespace exitproof
