#include "harness/trial/line_counter.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

std::uint64_t count(std::string_view text, const std::string& expression, std::size_t at_once) {
  LineCounter counter({expression});
  for (; !text.empty(); text.remove_prefix(std::min(at_once, text.size()))) {
    counter.add(text.substr(0, at_once));
  }
  return counter.count(0);
}

TEST(LineCounter, counts_lines_however_they_come) {
  for (const std::size_t at_once : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    EXPECT_EQ(count("a cleanup\ncleanup\r\n\ncleanup 2\nclean", "^cleanup", at_once), 2U);
    EXPECT_EQ(count("a cleanup\ncleanup\r\n\ncleanup 2\nclean", "cleanup$", at_once), 2U);
    EXPECT_EQ(count("one\ntwo", "two", at_once), 1U) << "the last line needs no end";
    EXPECT_EQ(count("one\n\n", "^$", at_once), 1U);
  }
  EXPECT_EQ(count("", "^$", 1), 0U);
}

TEST(LineCounter, counts_each_expression_by_itself) {
  LineCounter counter({"one", "(", "^t"});
  counter.add("one\ntwo\nthree\n");
  EXPECT_EQ(counter.count(0), 1U);
  EXPECT_EQ(counter.count(1), 0U) << "malformed";
  EXPECT_EQ(counter.count(2), 2U);
}

TEST(LineCounter, looks_at_the_first_bytes_of_a_long_line) {
  const std::string head(LineCounter::longest_line, 'a');
  EXPECT_EQ(count("x" + head + "end\nend\n", "end", 4096), 1U);
  EXPECT_EQ(count("x" + head + "end\nend\n", "^x", 4096), 1U);
  EXPECT_EQ(count(head + head + head + "\nlast\n", "^last$", 4096), 1U);
}

}  // namespace
}  // namespace exitproof
