#include "exitproof/shell_quote.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "harness/model/sh_testing.hpp"

namespace exitproof {
namespace {

using testing::what_sh_reads;

TEST(ShellQuote, LeavesPlansAndPathsAsTheyAre) {
  EXPECT_EQ(shell_quote("kill@0.2/1:open=%2Etmp:1:after+300ms"), "kill@0.2/1:open=%2Etmp:1:after+300ms");
  EXPECT_EQ(shell_quote("/usr/bin/prog-1.2"), "/usr/bin/prog-1.2");
}

TEST(ShellQuote, QuotesTheRest) {
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("two words"), "'two words'");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote("=x"), "'=x'");
  EXPECT_EQ(shell_quote("~"), "'~'");
}

TEST(ShellQuote, TheShellReadsBackWhatWasQuoted) {
  EXPECT_TRUE(rc::check("sh reads back the word", [] {
    const auto word = *rc::gen::container<std::string>(
        rc::gen::map(rc::gen::inRange(1, 127), [](int c) { return static_cast<char>(c); }));
    RC_ASSERT(what_sh_reads(shell_quote(word)) == word);
  }));
}

}  // namespace
}  // namespace exitproof
