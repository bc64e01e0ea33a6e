#include "ci/report/report_context.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(ReplayLine, OfACommand) {
  ReportContext context;
  context.scenario_options = {"--grace", "5s"};
  context.command = {"./prog", "two words"};
  EXPECT_EQ(replay_line(context, FaultPlan::parse("kill@0:rename:1")),
            "exitproof replay --grace 5s kill@0:rename:1 -- ./prog 'two words'");
}

TEST(ReplayLine, OfATestThatOnlyItsProgramCanStart) {
  ReportContext context;
  context.command = {"./writer_test", "exitproof-subject", "save"};
  context.test_command = {"./writer_test", "--gtest_filter=Writer.Saves/0"};
  const FaultPlan plan = FaultPlan::parse("kill@0:rename:1,schedule=7");
  EXPECT_EQ(replay_line(context, plan),
            "EXITPROOF_REPLAY=kill@0:rename:1,schedule=7 ./writer_test --gtest_filter=Writer.Saves/0");
  context.plan_prefix = "2:";
  EXPECT_EQ(replay_line(context, plan),
            "EXITPROOF_REPLAY=2:kill@0:rename:1,schedule=7 ./writer_test --gtest_filter=Writer.Saves/0");
}

}  // namespace
}  // namespace exitproof
