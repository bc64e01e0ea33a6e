// For each invariant: whatever plan is drawn, the programs that are right hold; its defects are falsified by it, by a
// plan that fires, and a plan made simpler still falsifies them and is no larger.
//
// EXITPROOF_PROPERTY_TRIALS=N draws so many for each, instead of a few: `ci/extended properties`.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <ostream>
#include <sstream>

#include "exitproof/seed.hpp"
#include "properties/scenarios/scenarios_testing.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"
#include "properties/search/generate_plans.hpp"
#include "properties/search/simpler_plans.hpp"

namespace exitproof {
namespace {

constexpr int drawn_in_a_few = 3;
constexpr unsigned shrink_runs = 10;

int wanted_trials() {
  const char* wish = std::getenv("EXITPROOF_PROPERTY_TRIALS");
  return wish != nullptr ? std::stoi(wish) : drawn_in_a_few;
}

/// Draws by RapidCheck so many cases, the same on every machine, and runs `body` on each. What fails is told as it
/// was drawn: every trial is a process tree, and plans have a shrinking of their own.
template <typename Body>
void for_all(std::string_view stream, const Body& body) {
  rc::detail::TestParams params;
  params.seed = split_seed(1, stream);
  params.maxSuccess = wanted_trials();
  params.disableShrinking = true;
  rc::detail::TestMetadata metadata;
  metadata.id = std::string(stream);
  rc::detail::TestListenerAdapter nobody;
  const rc::detail::TestResult result =
      rc::detail::checkProperty(rc::detail::toProperty(body), metadata, params, nobody, {});
  std::ostringstream told;
  told << result;
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << told.str();
}

struct Twin {
  const Manifest* manifest;
  const Reference* reference;
};

class Invariants : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<const Defect*> defects() const {
    std::vector<const Defect*> all;
    for (const Manifest& manifest : testing::all_manifests()) {
      for (const Defect& defect : manifest.defects) {
        if (defect.invariant == GetParam()) all.push_back(&defect);
      }
    }
    return all;
  }

  /// The right forms of those programs.
  std::vector<Twin> twins() const {
    std::vector<Twin> all;
    for (const Manifest& manifest : testing::all_manifests()) {
      if (std::ranges::find(manifest.defects, GetParam(), &Defect::invariant) == manifest.defects.end()) continue;
      for (const Reference& reference : manifest.references) all.push_back({&manifest, &reference});
    }
    return all;
  }

  SurveyedScenario& surveyed(const Scenario& scenario) {
    std::unique_ptr<Surveyed>& one = surveyed_[&scenario];
    if (!one) one = std::make_unique<Surveyed>(scenario);
    return one->scenario;
  }

 private:
  struct Surveyed {
    explicit Surveyed(const Scenario& of) : pool(testing::built_workers(1)), scenario(pool, of, 1) {}
    WorkerPool pool;
    SurveyedScenario scenario;
  };
  std::map<const Scenario*, std::unique_ptr<Surveyed>> surveyed_;
};

std::string in_words(const Judgement& judgement) {
  std::string words;
  for (const Violation& one : judgement.violations) words += one.invariant + ": " + one.detail + '\n';
  return words;
}

TEST_P(Invariants, HoldForProgramsThatAreRight) {
  const std::vector<Twin> all = twins();
  ASSERT_FALSE(all.empty());
  for_all(GetParam() + " holds", [&] {
    const Twin twin = *rc::gen::elementOf(all);
    SurveyedScenario& scenario = surveyed(twin.reference->scenario);
    const PlanGenerator generator(scenario.catalog(), {.faults = {.kinds = twin.manifest->faults}, .most_faults = 2});
    RC_ASSERT(!generator.empty());
    const FaultPlan plan = *rc::gen::resize(rc::kNominalSize, generator.plans());
    const Evidence evidence = scenario.run(plan);
    RC_ASSERT(!evidence.harness_error);
    RC_LOG() << twin.manifest->name << ' ' << twin.reference->name << " under " << plan.print() << '\n';
    const Judgement judgement = scenario.judge(evidence);
    RC_LOG() << in_words(judgement);
    RC_ASSERT(judgement.violations.empty());
  });
}

/// Whether every fault of the plan fires and the invariant is violated.
bool falsifies(SurveyedScenario& scenario, const FaultPlan& plan, const std::string& invariant) {
  const Evidence evidence = scenario.run(plan);
  return evidence.all_faults_fired() && is_violated(scenario.judge(evidence), invariant);
}

/// The simplest of the plans that were tried which still falsifies the invariant, twice.
FaultPlan made_simpler(SurveyedScenario& scenario, FaultPlan plan, const std::string& invariant) {
  for (unsigned runs = 0; runs < shrink_runs;) {
    bool simpler = false;
    for (const FaultPlan& next : simpler_plans(plan, scenario.catalog())) {
      if (next.faults.empty() || runs++ >= shrink_runs) break;
      if (!falsifies(scenario, next, invariant) || !falsifies(scenario, next, invariant)) continue;
      plan = next;
      simpler = true;
      break;
    }
    if (!simpler) break;
  }
  return plan;
}

TEST_P(Invariants, AreFalsifiedByTheirDefects) {
  const std::vector<const Defect*> all = defects();
  ASSERT_FALSE(all.empty());
  for_all(GetParam() + " is falsified", [&] {
    const Defect& defect = **rc::gen::elementOf(all);
    SurveyedScenario& scenario = surveyed(defect.scenario);
    RC_LOG() << defect.scenario.command.front() << ' ' << defect.name << " under " << defect.plan.print() << '\n';
    if (defect.plan.faults.empty()) {
      RC_ASSERT(is_violated(scenario.judge(scenario.run({})), GetParam()));
      return;
    }
    // With a fault more, where the first leaves anything to strike and the mistake shows all the same.
    const PlanGenerator generator(scenario.catalog(), {.faults = {}, .most_faults = 1});
    FaultPlan larger = defect.plan;
    if (!generator.empty()) {
      const FaultPlan more = *rc::gen::resize(rc::kNominalSize, generator.plans());
      larger.faults.insert(larger.faults.end(), more.faults.begin(), more.faults.end());
    }
    const FaultPlan plan = falsifies(scenario, larger, GetParam()) ? larger : defect.plan;
    const FaultPlan simpler = made_simpler(scenario, plan, GetParam());
    RC_LOG() << plan.print() << " was made " << simpler.print() << '\n';
    RC_ASSERT(falsifies(scenario, simpler, GetParam()));
    RC_ASSERT(simpler.faults.size() <= plan.faults.size());
  });
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const Invariant& invariant : all_invariants()) names.emplace_back(invariant.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Property, Invariants, ::testing::ValuesIn(names()),
                         [](const auto& one) { return testing::test_name("of", one.param); });

}  // namespace
}  // namespace exitproof
