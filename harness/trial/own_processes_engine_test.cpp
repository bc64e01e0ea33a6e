#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "harness/trial/trial_testing.hpp"

// A subject's signals to its parent, which is the harness, do what they would do to a shell or to init.
namespace exitproof::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* calls[] = {
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", "int 0x80", "F_SETOWN"};

std::string told(const std::string& answer) {
  std::string text;
  for (const std::string call : calls) {
    text += call + ": " + (call == "F_SETOWN" ? "0" : answer) + "\n";
  }
  return text;
}

class OwnProcessesTest : public ::testing::TestWithParam<WorldKind> {
 protected:
  static Scenario scenario(std::vector<std::string> command) {
    Scenario scenario = scenario_of(std::move(command));
    scenario.world = GetParam();
    return scenario;
  }
};

TEST_P(OwnProcessesTest, are_spared_as_the_shell_that_started_the_root) {
  const Evidence evidence = try_once(scenario({"signals_parent"}), lean_request("none"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(evidence.out.head, told("0"));
  EXPECT_THAT(evidence.denied, Contains(HasSubstr("kill by signals_parent (0)")));
}

TEST_P(OwnProcessesTest, are_spared_as_the_init_that_an_orphan_has) {
  const Evidence evidence = try_once(scenario({"signals_parent", "orphan"}), lean_request("none"));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(evidence.out.head, told(::geteuid() == 0 ? "0" : "Operation not permitted"));
}

TEST_P(OwnProcessesTest, are_spared_by_a_seeded_schedule_and_by_a_rich_trial_too) {
  const Evidence scheduled = try_once(scenario({"signals_parent"}), lean_request("none,schedule=7"));
  EXPECT_EQ(scheduled.out.head, told("0")) << explain(scheduled);
  const Evidence rich = try_once(scenario({"signals_parent"}), rich_request());
  EXPECT_EQ(rich.out.head, told("0")) << explain(rich);
}

TEST_P(OwnProcessesTest, let_the_root_go_on) {
  const Evidence evidence = try_once(scenario({"/bin/sh", "-c", "kill -9 $PPID; echo hi"}), lean_request("none"));
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  EXPECT_EQ(evidence.out.head, "hi\n");
}

TEST_P(OwnProcessesTest, are_spared_by_the_next_run) {
  TrialRequest request = lean_request("none");
  request.next_run = NextRunWhen::always;
  const Evidence evidence = try_once(scenario({"signals_parent", "orphan"}), request);
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  ASSERT_TRUE(evidence.next_run) << explain(evidence);
  EXPECT_EQ(evidence.next_run->root_end, WaitStatus::exited(0)) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(Worlds, OwnProcessesTest, ::testing::Values(WorldKind::overlay, WorldKind::private_),
                         [](const auto& world) { return std::string(world_kind_name(world.param)); });

}  // namespace
}  // namespace exitproof::testing
