#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/trial/trial_testing.hpp"

namespace exitproof::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Evidence taken_away_by(const std::string& who, const std::string& type = "file") {
  TrialRequest request = lean_request("none");
  request.classes = trespass_classes();
  Evidence evidence = try_once({"takes_away", who, "/tmp/exitproof-taken", type}, request);
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  return evidence;
}

Trespass by_sibling(std::string call) {
  return {ProcessPath::parse("0.2"), ProcessPath::parse("0.1"), std::move(call), "/tmp/exitproof-taken"};
}

TEST(TrespassTest, is_done_by_a_sibling_to_a_living_maker) {
  EXPECT_THAT(taken_away_by("sibling").trespasses, ElementsAre(by_sibling("unlink")));
}

TEST(TrespassTest, is_done_to_files_of_every_type) {
  for (const char* type : {"socket", "symlink", "link", "fifo"}) {
    EXPECT_THAT(taken_away_by("sibling", type).trespasses, ElementsAre(by_sibling("unlink"))) << type;
  }
  EXPECT_THAT(taken_away_by("sibling", "directory").trespasses, ElementsAre(by_sibling("rmdir")));
}

TEST(TrespassTest, is_not_done_by_writing_to_what_cannot_be_cut) {
  EXPECT_THAT(taken_away_by("writer", "fifo").trespasses, IsEmpty());
  EXPECT_THAT(taken_away_by("writer", "file").trespasses, ElementsAre(by_sibling("openat")));
}

TEST(TrespassTest, is_not_done_by_a_parent) {
  EXPECT_THAT(taken_away_by("parent").trespasses, IsEmpty());
}

}  // namespace
}  // namespace exitproof::testing
