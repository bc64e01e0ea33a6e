#include "harness/trial/world/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "harness/trial/world/world_testing.hpp"

namespace exitproof {
namespace {

const Capability& named(const std::vector<Capability>& capabilities, const std::string& name) {
  const auto found = std::find_if(capabilities.begin(), capabilities.end(),
                                  [&](const Capability& capability) { return capability.name == name; });
  EXPECT_NE(found, capabilities.end()) << name;
  return *found;
}

TEST(MachineEngine, says_of_a_world_what_making_one_says) {
  const auto capabilities = examine_machine();
  EXPECT_EQ(named(capabilities, "world").available, !testing_support::why_no_world().has_value());
}

TEST(MachineEngine, gives_a_reason_for_what_is_missing_and_a_cost_and_remedy_for_all) {
  for (const auto& capability : examine_machine()) {
    EXPECT_EQ(capability.why_not.empty(), capability.available) << capability.name;
    EXPECT_NE(capability.cost, "") << capability.name;
    EXPECT_NE(capability.remedy, "") << capability.name;
  }
}

TEST(MachineEngine, finds_redirects_and_index_missing_when_not_root) {
  const auto capabilities = examine_machine();
  if (!named(capabilities, "overlay").available) {
    GTEST_SKIP() << "no overlay here: " << named(capabilities, "overlay").why_not;
  }
  EXPECT_EQ(named(capabilities, "overlay redirects").available, ::geteuid() == 0);
  EXPECT_EQ(named(capabilities, "overlay index").available, ::geteuid() == 0);
}

TEST(MachineEngine, leaves_no_child_behind) {
  examine_machine();
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace exitproof
