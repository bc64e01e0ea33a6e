#include "exitproof/call_class.hpp"

#include <set>

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(CallClass, every_class_has_a_name_of_its_own_that_gives_it_back) {
  std::set<std::string_view> names;
  for (const CallClass call_class : all_call_classes()) {
    EXPECT_EQ(call_class_of_name(call_class_name(call_class)), call_class);
    names.insert(call_class_name(call_class));
  }
  EXPECT_EQ(names.size(), call_class_count);
  EXPECT_EQ(call_class_of_name("clone"), std::nullopt);
  EXPECT_EQ(call_class_of_name(""), std::nullopt);
}

TEST(CallClass, a_survey_leaves_out_what_is_frequent_and_rarely_matters) {
  const CallClasses classes = default_survey_classes();
  EXPECT_EQ(classes.count(), call_class_count - 3);
  for (const CallClass left_out : {CallClass::read, CallClass::poll, CallClass::futex})
    EXPECT_FALSE(classes.test(static_cast<std::size_t>(left_out)));
}

}  // namespace
}  // namespace exitproof
