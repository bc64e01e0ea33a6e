#include "properties/search/count_faults.hpp"

#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using testing::missed_run;
using testing::struck_run;

TEST(CountFaults, CountsByKindTargetAndPhase) {
  SiteRecord open = call_site("0:open:1", "openat", 1);
  open.phase = Phase::work;
  const Catalog catalog = make_catalog(std::vector{clean_run({open})}, 1);
  const SurveyedPlaces places(catalog);
  Statistics statistics;
  count_faults(statistics, struck_run(FaultPlan::parse("kill@0:open:1:after")), Verdict::violated, places);
  count_faults(statistics, struck_run(FaultPlan::parse("kill-tree@0:open:1,ctrl-c@0:write:9")), Verdict::held, places);
  const StruckCount violated{.faults = 1, .fired = 1, .violated = 1};
  const StruckCount held{.faults = 1, .fired = 1, .held = 1};
  EXPECT_EQ(statistics.by_kind,
            (std::map<std::string, StruckCount>{{"kill", violated}, {"kill-tree", held}, {"ctrl-c", held}}));
  EXPECT_EQ(statistics.by_target,
            (std::map<std::string, StruckCount>{{"prog", violated}, {"the tree", held}, {"the terminal", held}}));
  EXPECT_EQ(statistics.by_phase.at("work"), (StruckCount{.faults = 2, .fired = 2, .violated = 1, .held = 1}));
  EXPECT_EQ(statistics.by_phase.at("after a fault"), held);
}

TEST(CountFaults, SaysWhyFaultsDidNotFire) {
  const Catalog catalog;
  Statistics statistics;
  count_faults(statistics, missed_run(FaultPlan::parse("kill@0:open:1")), Verdict::not_exercised,
               SurveyedPlaces(catalog));
  EXPECT_EQ(statistics.by_kind.at("kill"), (StruckCount{.faults = 1, .fired = 0, .violated = 0}));
  EXPECT_EQ(statistics.not_fired, (std::map<std::string, std::uint64_t>{{"the site was not reached", 1}}));
}

}  // namespace
}  // namespace exitproof
