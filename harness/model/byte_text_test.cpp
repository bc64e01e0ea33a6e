#include "harness/model/byte_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/model/record_generators_testing.hpp"

namespace exitproof {
namespace {

RC_GTEST_PROP(ByteText, there_and_back_is_identity, ()) {
  const std::string bytes = *generators::nearly_text();
  RC_ASSERT(bytes_of_text(text_of_bytes(bytes)) == bytes);
}

RC_GTEST_PROP(ByteText, there_and_back_is_identity_for_any_bytes, (const std::string& bytes)) {
  RC_ASSERT(bytes_of_text(text_of_bytes(bytes)) == bytes);
}

RC_GTEST_PROP(ByteText, is_valid_utf8, ()) {
  // dump() throws for what is not.
  const nlohmann::json text = text_of_bytes(*generators::nearly_text());
  RC_ASSERT(nlohmann::json::parse(text.dump()) == text);
}

TEST(ByteText, of_all_pairs_of_bytes_comes_back) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      ASSERT_EQ(bytes_of_text(text_of_bytes(bytes)), bytes);
    }
  }
}

TEST(ByteText, of_utf8_is_the_same) {
  for (const char* text : {"", "plain", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbd"}) {
    EXPECT_EQ(text_of_bytes(text), text);
    EXPECT_EQ(bytes_of_text(text), text);
  }
}

TEST(ByteText, has_a_character_for_each_other_byte) {
  EXPECT_EQ(text_of_bytes("a\xff"), "a\xf4\x8f\xbb\xbf");
  EXPECT_EQ(text_of_bytes("\x80z"), "\xf4\x8f\xba\x80z");
  for (const char* bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82",
                          "\xf4\x90\x80\x80", "\xf4\x8f\xba\x80", "\xf0\x80\x80\x80"}) {
    EXPECT_EQ(text_of_bytes(bad).size(), 4 * std::string_view(bad).size()) << testing::PrintToString(bad);
  }
}

}  // namespace
}  // namespace exitproof
