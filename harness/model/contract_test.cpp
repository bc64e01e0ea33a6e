#include "exitproof/contract.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(Contract, names_of_what_is_asked_after_a_kill) {
  for (const AfterKill after_kill : {AfterKill::recover, AfterKill::forbid, AfterKill::allow})
    EXPECT_EQ(after_kill_of_name(after_kill_name(after_kill)), after_kill);
  EXPECT_EQ(after_kill_name(AfterKill::forbid), "forbid");
  EXPECT_EQ(after_kill_of_name("ignore"), std::nullopt);
}

TEST(Contract, names_of_the_manners_of_an_end) {
  EXPECT_EQ(manner_name(Manner::normal), "normal");
  EXPECT_EQ(manner_name(Manner::caught_signal), "caught-signal");
  EXPECT_EQ(manner_name(Manner::default_signal), "default-signal");
  EXPECT_EQ(manner_name(Manner::sigkill), "sigkill");
  EXPECT_EQ(manner_name(Manner::sigkill_tree), "sigkill-tree");
}

}  // namespace
}  // namespace exitproof
