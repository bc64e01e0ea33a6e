#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trial/trial_testing.hpp"

namespace exitproof::testing {
namespace {

Evidence taken_away_by(const std::string& who) {
  TrialRequest request = lean_request("none");
  request.classes = trespass_classes();
  Evidence evidence = try_once({"takes_away", who, "/tmp/exitproof-taken"}, request);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  return evidence;
}

TEST(TrespassTest, is_done_by_a_sibling_to_a_living_maker) {
  const Trespass expected{ProcessPath::parse("0.2"), ProcessPath::parse("0.1"), "unlink", "/tmp/exitproof-taken"};
  EXPECT_THAT(taken_away_by("sibling").trespasses, ::testing::ElementsAre(expected));
}

TEST(TrespassTest, is_not_done_by_a_parent) {
  EXPECT_THAT(taken_away_by("parent").trespasses, ::testing::IsEmpty());
}

}  // namespace
}  // namespace exitproof::testing
