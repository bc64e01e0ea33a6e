#include "properties/gtest/test_place.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "exitproof/parse_error.hpp"

namespace exitproof::gtest {
namespace {

struct Counts {
  unsigned scenarios = 0;
  unsigned passed_over = 0;
};

/// Of the running test.
Counts& counts() {
  static Counts of_test;
  return of_test;
}

class Watcher : public ::testing::EmptyTestEventListener {
  void OnTestStart(const ::testing::TestInfo&) override { counts() = {}; }
  void OnTestEnd(const ::testing::TestInfo&) override {
    if (counts().scenarios == 0 || counts().passed_over < counts().scenarios) return;
    ADD_FAILURE() << "EXITPROOF_REPLAY names none of the " << counts().scenarios
                  << " scenarios of this test: nothing was tried";
  }
};

}  // namespace

void watch_tests() {
  ::testing::UnitTest::GetInstance()->listeners().Append(new Watcher);
}

std::string TestPlace::file_name() const {
  std::string name = number == 1 ? test : fmt::format("{}#{}", test, number);
  std::ranges::replace(name, '/', '-');  // of a parametrised test; no name of GoogleTest's has the other
  return name;
}

std::string TestPlace::plan_prefix() const {
  return number == 1 ? "" : fmt::format("{}:", number);
}

TestPlace next_place() {
  const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
  if (test == nullptr) return {.test = "exitproof"};
  return {.test = fmt::format("{}.{}", test->test_suite_name(), test->name()), .number = ++counts().scenarios};
}

WantedReplay wanted_replay(const TestPlace& place) {
  const char* variable = std::getenv("EXITPROOF_REPLAY");
  if (variable == nullptr || *variable == '\0') return {};
  std::string_view text = variable;
  unsigned number = 1;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // No plan begins with a digit.
  if (error == std::errc{} && stop != text.data() + text.size() && *stop == ':') {
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  }
  const FaultPlan plan = FaultPlan::parse(text);
  if (number == place.number) return {.other = false, .plan = plan};
  ++counts().passed_over;
  return {.other = true, .plan = {}};
}

void skip_test(const char* file, int line, const std::string& why) {
  GTEST_MESSAGE_AT_(file, line, why.c_str(), ::testing::TestPartResult::kSkip);
}

}  // namespace exitproof::gtest
