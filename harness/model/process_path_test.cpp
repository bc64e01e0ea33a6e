#include "exitproof/process_path.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exitproof/generators.hpp"
#include "harness/model/parse_error_testing.hpp"

namespace exitproof {
namespace {

RC_GTEST_PROP(ProcessPath, print_then_parse_is_identity, ()) {
  const ProcessPath path = *generators::process_path();
  RC_ASSERT(ProcessPath::parse(path.print()) == path);
}

RC_GTEST_PROP(ProcessPath, a_child_descends_from_its_parent_alone, ()) {
  const ProcessPath path = *generators::process_path();
  const ProcessPath child = path.child(*generators::birth());
  RC_ASSERT(child.parent() == path.process());
  RC_ASSERT(child.descends_from(path));
  RC_ASSERT(child.descends_from(ProcessPath::root()));
  RC_ASSERT(!path.descends_from(child));
  RC_ASSERT(!path.descends_from(path));
}

RC_GTEST_PROP(ProcessSelector, print_then_parse_is_identity, ()) {
  const ProcessSelector selector = *generators::selector();
  const std::string text = print_selector(selector);
  RC_ASSERT(parse_selector(text) == selector);
  RC_ASSERT(text.find(':') == std::string::npos);
}

TEST(ProcessPath, names_the_tree) {
  const ProcessPath path = ProcessPath::root().child(2);
  EXPECT_EQ(ProcessPath::root().print(), "0");
  EXPECT_EQ(path.print(), "0.2");
  EXPECT_EQ(path.extra_thread(1).print(), "0.2/1");
  EXPECT_EQ(path.extra_thread(1).child(3).print(), "0.2.3");
  EXPECT_EQ(path.extra_thread(1).process(), path);
  EXPECT_EQ(path.extra_thread(1).parent(), ProcessPath::root());
  EXPECT_EQ(ProcessPath::root().parent(), std::nullopt);
  EXPECT_FALSE(ProcessPath::parse("0.21").descends_from(path));
  EXPECT_FALSE(path.extra_thread(1).descends_from(path));
}

TEST(ProcessPath, orders_parents_before_children_and_elder_before_younger) {
  const std::string_view in_order[] = {"0", "0/1", "0.1", "0.1.1", "0.2", "0.2/1", "0.10"};
  for (std::size_t i = 1; i < std::size(in_order); ++i)
    EXPECT_LT(ProcessPath::parse(in_order[i - 1]), ProcessPath::parse(in_order[i])) << in_order[i];
}

TEST(ProcessPath, refuses_with_the_column) {
  const testing::BadText cases[] = {
      {"", 1, "begins with 0"},
      {"1.2", 1, "begins with 0"},
      {"0.", 3, "a child's number"},
      {"0.0", 3, "a child's number"},
      {"0.02", 3, "a child's"},
      {"0.1/", 5, "a thread's number"},
      {"0/0", 3, "a thread's number"},
      {"0.1/2.3", 6, "the end"},
      {"0.4294967296", 3, "a child's number"},
      {"00", 2, "the end"},
      {" 0", 1, "begins with 0"},
      {"0.1x", 4, "the end"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(ProcessPath::parse, text, column, words);
}

TEST(ProcessSelector, tells_names_from_paths) {
  const std::pair<std::string_view, ProcessSelector> cases[] = {
      {"0.2/1", ProcessPath::root().child(2).extra_thread(1)},
      {"cc1", ProcessName{"cc1", 1}},
      {"cc1%2", ProcessName{"cc1", 2}},
      {"cc1%20", ProcessName{"cc1", 20}},
      {"cc1%20%1", ProcessName{"cc1 ", 1}},
      {"g%2B%2B", ProcessName{"g++", 1}},
      {"g%2B%2B%3", ProcessName{"g++", 3}},
      {"7z", ProcessName{"7z", 1}},
      {"2to3-3.11", ProcessName{"2to3-3.11", 1}},
      {"%30.1", ProcessName{"0.1", 1}},
      {"%30%1", ProcessName{"0", 1}},
      {"python3.11", ProcessName{"python3.11", 1}},
  };
  for (const auto& [text, selector] : cases) {
    EXPECT_EQ(parse_selector(text), selector) << text;
    EXPECT_EQ(print_selector(selector), text);
  }
}

TEST(ProcessSelector, refuses_with_the_column) {
  const testing::BadText cases[] = {
      {"", 1, "a process"},
      {"5", 1, "begins with 0"},
      {"0.1.", 5, "a child's number"},
      {"cc1%0", 5, "the process's number"},
      {"cc1%02", 5, "the process's number"},
      {"cc1%2x", 4, "hexadecimal"},
      {"g%2b", 2, "upper-case hexadecimal"},
      {"a/b", 2, "percent-encoded"},
      {"a b", 2, "the end"},
      {"%", 1, "hexadecimal"},
      {"0..1", 3, "a child's number"},
      {"0/1/2", 4, "the end of the process path"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(parse_selector, text, column, words);
}

}  // namespace
}  // namespace exitproof
