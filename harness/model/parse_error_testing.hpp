#pragma once

#include <cstddef>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exitproof/parse_error.hpp"

namespace exitproof::testing {

/// Parsing must fail at `column` (counted from 1) with `words` in the message.
template <typename Parse>
void expect_parse_error(Parse parse, std::string_view text, std::size_t column, std::string_view words) {
  SCOPED_TRACE(text);
  try {
    parse(text);
    ADD_FAILURE() << "parsed";
  } catch (const ParseError& error) {
    EXPECT_EQ(error.column(), column) << error.what();
    EXPECT_THAT(error.what(), ::testing::HasSubstr(words));
  }
}

struct BadText {
  std::string_view text;
  std::size_t column;
  std::string_view words;
};

}  // namespace exitproof::testing
