#include "exitproof/regressions.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

#include "exitproof/generators.hpp"

namespace exitproof {
namespace {

RC_GTEST_PROP(Regressions, parse_reads_what_print_writes, (const FaultPlan& plan)) {
  const std::vector<Regression> written{
      {.plan = plan,
       .invariant = "no-leftovers",
       .command = *generators::text(),
       .subject = *generators::text(),
       .reason = *generators::text()},
      {.plan = *generators::plan(), .invariant = {}, .command = {}, .subject = {}, .reason = {}}};
  std::string text = "# tried first\n";
  for (const Regression& regression : written) text += print_regression(regression) + '\n';
  RC_ASSERT(parse_regressions(text) == written);
}

TEST(Regressions, ReadsWhatPeopleWrite) {
  const std::vector<Regression> regressions = parse_regressions(R"(
# The window between mktemp and trap.
[[regression]]
plan = "ctrl-c@0.1:open:1:after"
reason = 'left /tmp/x'

[[regression]]
plan = "kill@0:rename:1,schedule=7"
)");
  ASSERT_EQ(regressions.size(), 2U);
  EXPECT_EQ(regressions[0].plan.print(), "ctrl-c@0.1:open:1:after");
  EXPECT_EQ(regressions[0].reason, "left /tmp/x");
  EXPECT_EQ(regressions[1].plan.schedule, 7U);
  EXPECT_TRUE(parse_regressions("").empty());
}

TEST(Regressions, SaysWhichLineIsWrong) {
  const auto message_of = [](std::string_view text) -> std::string {
    try {
      parse_regressions(text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it was read";
  };
  EXPECT_EQ(message_of("\n[[regression]]\nplan = \"kil@0:open:1\"\n").substr(0, 31),
            "line 3: the plan \"kil@0:open:1\"");
  EXPECT_EQ(message_of("[[regression]]\nreason = \"x\"\n"), "line 1: a [[regression]] is expected to have a plan");
  EXPECT_EQ(message_of("[[regression]]\nplan = 7\n"), "line 2: plan is expected to be a text in quotes");
  EXPECT_NE(message_of("[[regression]]\nplans = \"x\"\n").find("plans is found"), std::string::npos);
  EXPECT_NE(message_of("[regression]\nplan = \"none\"\n").find("tables [[regression]] are expected"),
            std::string::npos);
  EXPECT_EQ(message_of("[[regression]\n").substr(0, 7), "line 1:");
}

TEST(Regressions, WhatDoesNotPrintIsEscaped) {
  const Regression regression{.plan = FaultPlan::parse("none"),
                              .invariant = {},
                              .command = {},
                              .subject = "a\"b\\c\n\x7f",
                              .reason = "no UTF-8: \xff"};
  const std::string text = print_regression(regression);
  EXPECT_NE(text.find(R"(subject = "a\"b\\c\n\u007F")"), std::string::npos) << text;
  EXPECT_EQ(parse_regressions(text).front().subject, regression.subject);
  EXPECT_EQ(parse_regressions(text).front().reason, "no UTF-8: \xef\xbf\xbd");
}

}  // namespace
}  // namespace exitproof
