#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>

#include "exitproof/campaign.hpp"
#include "properties/scenarios/scenarios_testing.hpp"

namespace exitproof {
namespace {

struct Case {
  std::string name;
  FaultKinds faults;
  const Scenario* scenario;
};

void PrintTo(const Case& one, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << print_fault_kinds(one.faults);
}

std::vector<Case> all_references() {
  std::vector<Case> cases;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Reference& reference : manifest.references) {
      cases.push_back({testing::test_name(manifest.name, reference.name), manifest.faults, &reference.scenario});
    }
  }
  return cases;
}

/// EXITPROOF_SCENARIO_TRIALS=all tries every single fault and second faults after them; =seeded the same, and each trial
/// has a schedule of its own.
SearchOptions how_far() {
  SearchOptions options;
  options.seed = 1;
  options.time = Millis{3'600'000};
  const char* wish = std::getenv("EXITPROOF_SCENARIO_TRIALS");
  if (wish == nullptr) {
    options.explore = Explore::random;
    options.most_faults = 1;
    options.max_trials = 25;
    return options;
  }
  options.second_plans = 200;
  options.seeded = std::string_view(wish) == "seeded";
  return options;
}

class References : public ::testing::TestWithParam<Case> {};

TEST_P(References, Hold) {
  SearchOptions options = how_far();
  options.faults.kinds = GetParam().faults;
  WorkerPool pool(testing::built_workers(1));
  CampaignListener nobody;
  const CampaignResult result = run_campaign(pool, *GetParam().scenario, options, nobody);
  ASSERT_FALSE(result.survey.refusal) << *result.survey.refusal;
  for (const std::string& error : result.harness_errors) ADD_FAILURE() << error;
  for (const Finding& finding : result.findings) {
    ADD_FAILURE() << finding.violation.invariant << " under " << finding.plan.print() << " (" << finding.same << " of "
                  << finding.replayed << "): " << finding.violation.detail;
  }
  EXPECT_GT(result.trials.held, 0U);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, References, ::testing::ValuesIn(all_references()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace exitproof
