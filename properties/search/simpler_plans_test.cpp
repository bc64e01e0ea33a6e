#include "properties/search/simpler_plans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exitproof/generators.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Catalog writes() {
  std::vector<SiteRecord> sites;
  for (int i = 1; i <= 9; ++i) sites.push_back(call_site("0:write:" + std::to_string(i), "write", 1));
  return make_catalog(std::vector{testing::clean_run(std::move(sites))}, 1);
}

std::vector<std::string> simpler(std::string_view text) {
  std::vector<std::string> plans;
  for (const FaultPlan& plan : simpler_plans(FaultPlan::parse(text), writes())) plans.push_back(plan.print());
  return plans;
}

TEST(SimplerPlans, FewerFaultsComeFirstTheFewestBeforeTheRest) {
  EXPECT_THAT(simpler("SIGHUP@0:open:1,pause@0:open:2,kill@0:open:3"),
              ElementsAre("SIGHUP@0:open:1", "pause@0:open:2", "kill@0:open:3", "SIGHUP@0:open:1,pause@0:open:2",
                          "SIGHUP@0:open:1,kill@0:open:3", "pause@0:open:2,kill@0:open:3"));
}

TEST(SimplerPlans, OfVeryManyFaultsOneOrAllButOneAreTried) {
  std::string text = "kill@0:open:1";
  for (int i = 2; i <= 40; ++i) text += ",kill@0:open:" + std::to_string(i);
  EXPECT_EQ(simpler(text).size(), 80U);
}

TEST(SimplerPlans, AllKeepTheSchedule) {
  EXPECT_THAT(simpler("none,schedule=7"), IsEmpty());
  EXPECT_THAT(simpler("kill@0:open:1,kill@0.1:open:1,schedule=7"),
              ElementsAre("kill@0:open:1,schedule=7", "kill@0.1:open:1,schedule=7"));
}

TEST(SimplerPlans, ActionsAndSitesGetSimpler) {
  EXPECT_THAT(simpler("ENOSPC+@0:write:9"),
              ElementsAre("ENOSPC@0:write:9", "ENOSPC+@0:write:1", "ENOSPC+@0:write:4", "ENOSPC+@0:write:8"));
  EXPECT_THAT(simpler("kill@0:write:1:after+20ms"), ElementsAre("kill@0:write:1:after", "kill@0:write:1+20ms"));
  EXPECT_THAT(simpler("pause=20ms@0:write:1"), ElementsAre("pause@0:write:1"));
  EXPECT_THAT(simpler("kill@0:unlink:3"), IsEmpty()) << "nobody saw an earlier one";
  EXPECT_THAT(simpler("kill@0:write:1"), IsEmpty());
}

RC_GTEST_PROP(SimplerPlans, lead_to_an_end, (FaultPlan plan)) {
  static const Catalog catalog = writes();
  const std::size_t faults = plan.faults.size();
  for (int steps = 0;; ++steps) {
    RC_ASSERT(steps < 200);
    const std::vector<FaultPlan> simpler = simpler_plans(plan, catalog);
    if (simpler.empty()) break;
    RC_ASSERT(simpler.front().faults.size() <= faults);
    plan = simpler.at(*rc::gen::inRange<std::size_t>(0, simpler.size()));
    RC_ASSERT(FaultPlan::parse(plan.print()) == plan);
  }
}

}  // namespace
}  // namespace exitproof
