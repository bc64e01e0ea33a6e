#include "exitproof/regex.hpp"

#include <gtest/gtest.h>

#include <string>

#include "harness/model/parse_error_testing.hpp"

namespace exitproof {
namespace {

struct Case {
  std::string_view expression;
  std::string_view text;
  bool found;
};

TEST(Regex, finds_what_its_words_say) {
  const Case cases[] = {
      {"", "", true},
      {"b", "abc", true},
      {"^b", "abc", false},
      {"c$", "abc", true},
      {"^$", "", true},
      {"^$", "a", false},
      {"a.c", "a\nc", false},
      {"a.c", "a\xffz a-c", true},
      {"ready on [0-9]+", "ready on 80", true},
      {"[^a-c]", "abcabc", false},
      {"\\x41\\t\\x00", std::string_view("A\t\0", 3), true},
      {"[a\\]]$", "]", true},
      {"[a-]", "-", true},
      {"[[:alpha:]_]{2}", "1_a", true},
      {"\\d\\D\\w\\W\\s\\S", "1a_- x", true},
      {"\\bcat\\b", "a cat.", true},
      {"\\bcat\\b", "concat", false},
      {"\\Bcat", "concat", true},
      {"a|b|", "", true},
      {"^(a|bc)+$", "abcaa", true},
      {"^(a|bc)+$", "ab", false},
      {"^(?:ab)?c", "abc", true},
      {"^a{2,3}$", "aaa", true},
      {"^a{2,3}$", "aaaa", false},
      {"^a{2,}$", "aaaaa", true},
      {"^a{2}$", "a", false},
      {"^(a{0}b)$", "b", true},
      {"a*?b+?", "aab", true},
      {"^(a*)*$", "aaab", false},
      {"(^|,)x(,|$)", "y,x", true},
      {"\\.\\*\\/\\-\\{}", ".*/-{}", true},
      {"^a", "b\na", false},
  };
  for (const auto& [expression, text, found] : cases)
    EXPECT_EQ(Regex(expression).found_in(text), found) << expression << " in " << text;
}

TEST(Regex, knows_lines_when_asked) {
  const Regex line("^b$");
  EXPECT_TRUE(line.found_in("a\nb\nc", Regex::Lines::many));
  EXPECT_TRUE(line.found_in("a\r\nb\r\n", Regex::Lines::many));
  EXPECT_FALSE(line.found_in("a\nb\nc"));
}

TEST(Regex, refuses_with_the_column) {
  const testing::BadText cases[] = {
      {"a(?=b)", 2, "invalid perl operator"},        {"(a)\\1", 4, "invalid escape sequence"},
      {"x*y**", 4, "bad repetition operator"},       {"ab[c", 3, "missing ]"},
      {"[b-a]", 2, "invalid character class range"},
  };
  for (const auto& [text, column, words] : cases)
    testing::expect_parse_error([](std::string_view one) { return Regex(one); }, text, column, words);
  for (const std::string_view text : {"(", ")", "*", "a{3,2}", "a{999999}", "\\", "[[:alphabet:]]"})
    EXPECT_THROW(Regex{text}, ParseError) << text;
}

TEST(Regex, refuses_what_would_fill_the_memory_or_the_stack) {
  EXPECT_THROW(Regex("((a{1000}){1000}){1000}"), ParseError);
  EXPECT_THROW(Regex(std::string(4000, '(')), ParseError);
  EXPECT_THROW(Regex(std::string(5000, 'a')), ParseError);
}

TEST(Regex, takes_linear_time_where_trying_takes_for_ever) {
  const std::string many(100'000, 'a');
  EXPECT_FALSE(Regex("(a|a)*b").found_in(many));
  EXPECT_FALSE(Regex("(a*)*$b").found_in(many));
  EXPECT_TRUE(Regex("^[^b]*$").found_in(many));
}

}  // namespace
}  // namespace exitproof
