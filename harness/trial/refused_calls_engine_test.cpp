#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/linux/namespaces.hpp"
#include "harness/trial/trial_testing.hpp"

// What root may do outside and not in a world is said; what is refused outside as well is not.
namespace exitproof::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(RefusedCallsTest, of_root_are_said_once_each) {
  for (const TrialRequest& request : {lean_request("none"), rich_request()}) {
    const Evidence evidence = try_once({"asks_for_rights", "--in-a-world"}, request);
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    if (!sys::has_admin_capability()) {
      EXPECT_THAT(evidence.denied, IsEmpty()) << "refused outside as well";
      continue;
    }
    EXPECT_THAT(evidence.denied,
                ::testing::ElementsAre("mount by asks_for_rights (0)", "umount2 by asks_for_rights (0)",
                                       "fsopen by asks_for_rights (0)", "mknodat by asks_for_rights (0)",
                                       "clone by asks_for_rights (0)", "setns by asks_for_rights (0)",
                                       "unshare by asks_for_rights (0)"))
        << evidence.out.head;
  }
}

TEST(RefusedCallsTest, in_a_user_namespace_of_its_own_are_the_machines_answer) {
  const Evidence evidence = try_once({"asks_for_rights", "--in-a-world", "own"}, lean_request("none"));
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_THAT(evidence.denied, Not(Contains(HasSubstr("mount by"))));
}

TEST(RefusedCallsTest, of_who_is_not_root_are_the_machines_answer) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root, to become another user";
  }
  const std::string command = scenario_of({"asks_for_rights"}).command.front();
  const Evidence evidence =
      try_once({"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", command, "--in-a-world"},
               lean_request("none"));
  EXPECT_THAT(evidence.denied, IsEmpty()) << explain(evidence);
}

}  // namespace
}  // namespace exitproof::testing
