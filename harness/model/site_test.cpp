#include "exitproof/site.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exitproof/generators.hpp"
#include "harness/model/parse_error_testing.hpp"

namespace exitproof {
namespace {

using namespace std::chrono_literals;

RC_GTEST_PROP(Site, print_then_parse_is_identity, ()) {
  const Site site = *generators::site();
  RC_ASSERT(Site::parse(site.print()) == site);
}

RC_GTEST_PROP(Site, a_text_that_parses_is_printed_as_it_was, ()) {
  const std::string text = (*generators::site()).print();
  RC_ASSERT(Site::parse(text).print() == text);
}

TEST(Site, reads_the_forms_of_the_design) {
  const ProcessPath second = ProcessPath::root().child(2);
  const std::pair<std::string_view, Site> cases[] = {
      {"0.2:write:5", {.process = second, .point = CallPoint{CallClass::write, std::nullopt, 5}}},
      {"0.2:write:5:after", {.process = second, .point = CallPoint{CallClass::write, std::nullopt, 5}, .after = true}},
      {"0:open=.tmp:1", {.process = ProcessPath::root(), .point = CallPoint{CallClass::open, ".tmp", 1}}},
      {"0:out=ready%20%21:1", {.process = ProcessPath::root(), .point = CallPoint{CallClass::out, "ready !", 1}}},
      {"quiet:2", {.process = std::nullopt, .point = QuietPoint{2}}},
      {"0:quiet:2", {.process = ProcessPath::root(), .point = QuietPoint{2}}},
      {"quiet:quiet:2", {.process = ProcessName{"quiet", 1}, .point = QuietPoint{2}}},
      {"quiet:write:2", {.process = ProcessName{"quiet", 1}, .point = CallPoint{CallClass::write, std::nullopt, 2}}},
      {"0:tick:3", {.process = ProcessPath::root(), .point = TickPoint{3}}},
      {"0:rename:1+300ms",
       {.process = ProcessPath::root(), .point = CallPoint{CallClass::rename, std::nullopt, 1}, .delay = 300ms}},
      {"0:rename:1:after+2s",
       {.process = ProcessPath::root(),
        .point = CallPoint{CallClass::rename, std::nullopt, 1},
        .after = true,
        .delay = 2s}},
      {"cc1%2:write:4", {.process = ProcessName{"cc1", 2}, .point = CallPoint{CallClass::write, std::nullopt, 4}}},
      {"0:probe=save:1", {.process = ProcessPath::root(), .point = ProbePoint{"save", 1}}},
      {"0:new:17", {.process = ProcessPath::root(), .point = NewPoint{17}}},
      {"0:line=report:12", {.process = ProcessPath::root(), .point = LinePoint{"report", 12}}},
      {"0:call=app.report:12", {.process = ProcessPath::root(), .point = CallEventPoint{"app.report", 12}}},
  };
  for (const auto& [text, site] : cases) {
    EXPECT_EQ(Site::parse(text), site) << text;
    EXPECT_EQ(site.print(), text);
  }
}

TEST(Site, is_exact_when_order_alone_reaches_it) {
  for (const std::string_view exact : {"0:write:1", "0:write:1:after", "quiet:1", "0:probe=a:1", "0:new:1"})
    EXPECT_TRUE(Site::parse(exact).exact()) << exact;
  for (const std::string_view timed : {"0:tick:1", "0:write:1+1ms", "quiet:1+3s"})
    EXPECT_FALSE(Site::parse(timed).exact()) << timed;
}

TEST(Site, refuses_with_the_column_and_a_proposal) {
  const testing::BadText cases[] = {
      {"", 1, "a process"},
      {"0", 2, "':' and a point"},
      {"0:", 3, "a point"},
      {"0:renam:1", 3, "perhaps 'rename'?"},
      {"0:wirte:1", 3, "perhaps 'write'?"},
      {"0:Write:1", 3, "a point"},
      {"0:write", 8, "':' and a number"},
      {"0:write:", 9, "a number from 1"},
      {"0:write:0", 9, "a number from 1"},
      {"0:write:01", 9, "a number from 1"},
      {"0:write:18446744073709551616", 9, "a number from 1"},
      {"0:write:5:afer", 10, "the end"},
      {"0:quiet:1:after", 11, "no :after"},
      {"0:write:5+", 11, "a duration"},
      {"0:write:5+0ms", 11, "a delay above 0"},
      {"0:write:5+3", 12, "a unit"},
      {"write:5", 1, "a process before the point, such as 0:write:1"},
      {"0:open=:1", 8, "a text"},
      {"0:open=/tmp/x:1", 8, "a text"},
      {"0:open=a/x:1", 9, "percent-encoded"},
      {"0:open=%2f:1", 8, "upper-case"},
      {"0:probe:1", 8, "'=' and a name"},
      {"0.2;write:5", 4, "':' and a point"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(Site::parse, text, column, words);
}

}  // namespace
}  // namespace exitproof
