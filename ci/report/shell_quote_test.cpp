#include "ci/report/shell_quote.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cstdio>
#include <memory>

#include "ci/report/report_context.hpp"

namespace exitproof {
namespace {

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

std::string what_sh_reads(const std::string& quoted) {
  const std::string command = "printf %s " + quoted + "; printf .";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> chunk{};
  while (const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
    text.append(chunk.data(), count);
  return text.empty() ? text : text.substr(0, text.size() - 1);
}

TEST(ShellQuote, TheShellReadsBackWhatWasQuoted) {
  EXPECT_TRUE(rc::check("sh reads back the word", [] {
    const auto word = *rc::gen::container<std::string>(
        rc::gen::map(rc::gen::inRange(1, 127), [](int c) { return static_cast<char>(c); }));
    RC_ASSERT(what_sh_reads(shell_quote(word)) == word);
  }));
}

TEST(ReplayLine, IsOneCommandLine) {
  const ReportContext context{.tool = {},
                              .kernel = {},
                              .program = "exitproof",
                              .scenario_options = {"--stop", "kill -TERM $EXITPROOF_PID"},
                              .command = {"sh", "-c", "a; b"}};
  EXPECT_EQ(replay_line(context, FaultPlan::parse("kill@0:quiet:1")),
            "exitproof replay --stop 'kill -TERM $EXITPROOF_PID' kill@0:quiet:1 -- sh -c 'a; b'");
}

}  // namespace
}  // namespace exitproof
