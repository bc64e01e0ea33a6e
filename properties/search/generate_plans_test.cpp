#include "properties/search/generate_plans.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "exitproof/generators.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using testing::quiet_site;

Catalog some_catalog() {
  std::vector<SiteRecord> sites{call_site("0:open:1", "openat", 1, "/tmp/a"), call_site("0:write:1", "write", 2),
                                quiet_site(1, {"0", "0.1"}), call_site("0.1:open:1", "openat", 3, "/tmp/b")};
  for (int i = 1; i <= 20; ++i) sites.push_back(call_site("0.1:read:" + std::to_string(i), "read", 4));
  sites.push_back(call_site("0:unlink:1", "unlink", 5));
  return make_catalog(std::vector{clean_run(std::move(sites))}, 1);
}

GenerateOptions kinds(std::string_view text, std::size_t most_faults = 3) {
  return {.faults = {.kinds = parse_fault_kinds(text)}, .most_faults = most_faults};
}

std::size_t place_of(const Catalog& catalog, Site site) {
  site.after = false;
  if (std::holds_alternative<QuietPoint>(site.point)) site.process.reset();
  for (std::size_t i = 0; i < catalog.stable.size(); ++i) {
    if (catalog.stable[i].site == site) return i;
  }
  ADD_FAILURE() << site.print() << " is not in the catalog";
  return 0;
}

RC_GTEST_PROP(GeneratePlans, draws_faults_of_the_survey_in_its_order, ()) {
  static const Catalog catalog = some_catalog();
  static const PlanGenerator generator(catalog, kinds("kill,signals,enospc,kill-tree", 4));
  const FaultPlan plan = *generator.plans();
  RC_ASSERT(!plan.faults.empty());
  RC_ASSERT(plan.faults.size() <= 4U);
  RC_ASSERT(FaultPlan::parse(plan.print()) == plan);
  std::size_t last = 0;
  for (const Fault& fault : plan.faults) {
    const std::size_t place = place_of(catalog, fault.site);
    RC_ASSERT(place >= last);
    last = place;
  }
}

TEST(GeneratePlans, ASeedIsAPlan) {
  const Catalog catalog = some_catalog();
  const PlanGenerator generator(catalog, kinds("kill,signals,enospc"));
  std::set<std::string> plans;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(generator.draw(seed), generator.draw(seed));
    plans.insert(generator.draw(seed).print());
  }
  EXPECT_GT(plans.size(), 60U);
}

TEST(GeneratePlans, NothingIsStruckThatAnEarlierFaultKills) {
  const Catalog catalog = some_catalog();
  const PlanGenerator generator(catalog, kinds("kill", 4));
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const FaultPlan plan = generator.draw(seed);
    std::set<std::string> processes;
    for (const Fault& fault : plan.faults) {
      EXPECT_TRUE(processes.insert(print_selector(*fault.site.process)).second) << plan.print();
    }
  }
}

TEST(GeneratePlans, CallsByWhichThingsComeAndGoAreDrawnMoreOften) {
  const Catalog catalog = some_catalog();
  const PlanGenerator generator(catalog, kinds("kill", 1));
  std::map<std::string, int> drawn;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) ++drawn[generator.draw(seed).print()];
  EXPECT_GT(drawn["kill@0:unlink:1"], 3 * drawn["kill@0.1:read:10"]);
  EXPECT_GT(drawn["kill@0.1:read:10"], 0);
}

TEST(GeneratePlans, SomePlansHaveFewKinds) {
  const Catalog catalog = some_catalog();
  const PlanGenerator generator(catalog, kinds("pause,errno,enospc", 4));
  int of_one_kind = 0;
  int of_several = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const FaultPlan plan = generator.draw(seed);
    if (plan.faults.size() < 3) continue;
    std::set<FaultKind> found;
    for (const Fault& fault : plan.faults) found.insert(fault_kind(fault));
    ++(found.size() == 1 ? of_one_kind : of_several);
  }
  EXPECT_GT(of_one_kind, 20);
  EXPECT_GT(of_several, 20);
}

TEST(GeneratePlans, ASurveyWithoutSitesHasNothingToDraw) {
  const Catalog nothing;
  EXPECT_TRUE(PlanGenerator(nothing, kinds("kill")).empty());
}

}  // namespace
}  // namespace exitproof
