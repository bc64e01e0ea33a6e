#include "harness/trial/world/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "harness/linux/call_filter.hpp"
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

TEST(MachineEngine, names_a_limit_of_file_sizes) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit low{std::min<rlim_t>(1000, before.rlim_max), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
  const auto capabilities = examine_machine();
  std::string refusal;
  try {
    sys::build_call_filter({});
  } catch (const std::system_error& error) {
    refusal = error.what();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(named(capabilities, "files of any size").available);
  EXPECT_EQ(named(capabilities, "files of any size").why_not, "files may have 1000 bytes at most (RLIMIT_FSIZE)");
  EXPECT_NE(refusal.find("which may have 1000 bytes at most (RLIMIT_FSIZE, ulimit -f)"), std::string::npos) << refusal;
}

TEST(MachineEngine, leaves_no_child_behind) {
  examine_machine();
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace exitproof
