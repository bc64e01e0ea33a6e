#include "harness/trial/world/remedies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace exitproof {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MachineFacts with(std::optional<std::string> MachineFacts::*setting, std::string value) {
  MachineFacts facts;
  facts.*setting = std::move(value);
  return facts;
}

MachineFacts with(bool MachineFacts::*flag) {
  MachineFacts facts;
  facts.*flag = true;
  return facts;
}

TEST(remedies, name_the_setting_that_forbids_namespaces) {
  EXPECT_THAT(remedy_for_namespaces(with(&MachineFacts::userns_clone, "0")),
              HasSubstr("sysctl -w kernel.unprivileged_userns_clone=1"));
  EXPECT_THAT(remedy_for_namespaces(with(&MachineFacts::apparmor_userns, "1")),
              HasSubstr("apparmor_restrict_unprivileged_userns=0"));
  EXPECT_THAT(remedy_for_namespaces(with(&MachineFacts::max_user_namespaces, "0")),
              HasSubstr("user.max_user_namespaces="));
  EXPECT_THAT(remedy_for_namespaces(with(&MachineFacts::userns_clone, "0")), Not(HasSubstr("docker")));
}

TEST(remedies, tell_a_container_how_to_be_started) {
  for (const MachineFacts& facts : {with(&MachineFacts::container), with(&MachineFacts::filtered)}) {
    EXPECT_THAT(remedy_for_namespaces(facts), HasSubstr("seccomp=unconfined"));
    EXPECT_THAT(remedy_for_namespaces(facts), HasSubstr("--cap-add SYS_ADMIN --cap-add NET_ADMIN"));
    EXPECT_THAT(remedy_for_tracing(facts), HasSubstr("--cap-add SYS_PTRACE"));
  }
}

TEST(remedies, offer_all_when_the_cause_is_not_known) {
  EXPECT_THAT(remedy_for_namespaces({}), HasSubstr("unprivileged_userns_clone=1"));
  EXPECT_THAT(remedy_for_namespaces({}), HasSubstr("--privileged"));
  EXPECT_THAT(remedy_for_tracing({}), HasSubstr("SYS_PTRACE"));
}

TEST(remedies, say_root_only_to_others) {
  EXPECT_THAT(remedy_for_namespaces({}), HasSubstr("run as root"));
  EXPECT_THAT(remedy_for_namespaces(with(&MachineFacts::root)), Not(HasSubstr("run as root")));
}

TEST(remedies, know_the_levels_of_yama) {
  EXPECT_EQ(remedy_for_tracing(with(&MachineFacts::ptrace_scope, "2")), "sysctl -w kernel.yama.ptrace_scope=1");
  EXPECT_THAT(remedy_for_tracing(with(&MachineFacts::ptrace_scope, "3")), HasSubstr("boot"));
}

}  // namespace
}  // namespace exitproof
