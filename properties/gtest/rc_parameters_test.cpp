#include "properties/gtest/rc_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace exitproof::gtest {
namespace {

/// RC_PARAMS while it is there, and as it was afterwards.
class Variable {
 public:
  explicit Variable(const char* value) {
    if (const char* before = std::getenv(name)) before_ = before;
    if (value != nullptr) {
      ::setenv(name, value, 1);
    } else {
      ::unsetenv(name);
    }
  }
  ~Variable() {
    if (before_) {
      ::setenv(name, before_->c_str(), 1);
    } else {
      ::unsetenv(name);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  static constexpr const char* name = "RC_PARAMS";
  std::optional<std::string> before_;
};

TEST(RcParameters, TheSeedIsOursUntilTheVariableNamesOne) {
  {
    const Variable variable(nullptr);
    EXPECT_EQ(rc_parameters(5).test.seed, 5U);
  }
  const Variable variable("max_success=12 seed=7");
  EXPECT_EQ(rc_parameters(5).test.seed, 7U);
  EXPECT_EQ(rc_parameters(5).test.maxSuccess, 12);
}

TEST(RcParameters, WhatCannotBeReadIsThrown) {
  for (const char* value : {"max_success=many", "seed=", "sed=7", "seed=7 nosrhink=1", "reproduce=rubbish!"}) {
    const Variable variable(value);
    EXPECT_THROW(rc_parameters(5), std::invalid_argument) << value;
  }
}

TEST(RcParameters, AQuotedValueIsNoName) {
  const Variable variable("seed='7' max_success=\"3\"");
  EXPECT_EQ(rc_parameters(5).test.maxSuccess, 3);
}

TEST(RcParameters, APropertyIsCheckedWithoutTheEnvironment) {
  const Variable variable("max_success=1");
  RcParameters parameters;
  parameters.test.maxSuccess = 4;
  int runs = 0;
  const auto result = check_with(parameters, "a property", rc::detail::toProperty([&] { ++runs; }));
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>());
  EXPECT_EQ(runs, 4);
}

}  // namespace
}  // namespace exitproof::gtest
