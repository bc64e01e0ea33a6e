#include "ci/report/plain_text.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "exitproof/shell_quote.hpp"
#include "harness/model/sh_testing.hpp"

namespace exitproof {
namespace {

TEST(PlainText, LeavesOrdinaryTextAlone) {
  const std::string text = "/tmp/größe – 日本 🙂 <&>'\"";
  EXPECT_EQ(plain_line(text), text);
  EXPECT_EQ(plain_lines(text), text);
}

TEST(PlainText, ShowsControlCharacters) {
  EXPECT_EQ(plain_line("a\x1b[31m\nb\tc\x7f"), "a\\x1b[31m\\x0ab\\x09c\\x7f");
  EXPECT_EQ(plain_line("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(plain_line(std::string_view("\0", 1)), "\\x00");
}

TEST(PlainText, KeepsLinesOnlyWhereTheyAreMeant) {
  EXPECT_EQ(plain_lines("a\n\tb\r\n"), "a\n\tb\\x0d\n");
}

TEST(PlainText, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(plain_line("x\xff"), "x\\xff");
  EXPECT_EQ(plain_line("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(plain_line("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(plain_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(plain_line("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(PlainText, ShowsWhatTurnsTheDirectionOfWriting) {
  EXPECT_EQ(plain_line("a\xe2\x80\xae"
                       "b"),
            "a\\u{202e}b");
  EXPECT_EQ(plain_line("\xef\xbf\xbf"), "\\u{ffff}");
}

TEST(ShellWord, IsAsEverWhereItIsPlain) {
  EXPECT_EQ(shell_word("kill@0:quiet:1"), "kill@0:quiet:1");
  EXPECT_EQ(shell_word("a; größe\nb"), "'a; größe\nb'");
}

TEST(ShellWord, NamesBytesThatAreNotPlain) {
  EXPECT_EQ(shell_word("/tmp/it's\\\x01"
                       "7\xff\n"),
            "$'/tmp/it\\'s\\\\\\0017\\377\\012'");
  EXPECT_EQ(shell_word("a\xe2\x80\xae"
                       "b"),
            "$'a\\342\\200\\256b'");
  EXPECT_EQ(shell_words({"a", "\x1b[31m"}), "a $'\\033[31m'");
}

TEST(ShellWord, IsReadBackByBash) {
  if (::access("/bin/bash", X_OK) != 0) GTEST_SKIP() << "there is no bash";
  std::string word = "größe '\"\\$`! \xe2\x80\xae";
  for (int byte = 1; byte < 256; ++byte) word += static_cast<char>(byte);
  const std::string shown = shell_word(word);
  EXPECT_EQ(plain_lines(shown), shown);
  EXPECT_EQ(testing::what_sh_reads("x | exec /bin/bash -c " + shell_quote("printf %s " + shown)), word);
}

TEST(PlainText, IsCutBetweenCharacters) {
  EXPECT_EQ(first_letters("größe", 5), "größe");
  EXPECT_EQ(first_letters("größe", 3), "grö…");
  EXPECT_EQ(first_letters("größe", 0), "…");
}

}  // namespace
}  // namespace exitproof
