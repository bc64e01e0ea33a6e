// Whether virtual time and snapshots change what is found. Without EXITPROOF_FASTER_TRIALS they do nothing.
//
//     EXITPROOF_FASTER_TRIALS=N  on each reference, defect and real program N plans, the same in real time from the
//                                start, in virtual time, and with snapshots
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "exitproof/seed.hpp"
#include "properties/scenarios/scenarios_testing.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"
#include "properties/search/generate_plans.hpp"

namespace exitproof {
namespace {

/// A trial that falls out otherwise is made so often again, in both ways: what one of them shows at times is no
/// difference between them.
constexpr int more_trials = 8;

struct Case {
  std::string name;
  const Scenario* scenario;
  FaultKinds faults;
  std::vector<FaultPlan> stated;  ///< plans of which the manifest says something
};

void PrintTo(const Case& one, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << one.name;
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Reference& one : manifest.references) {
      cases.push_back({testing::test_name(manifest.name, one.name), &one.scenario, manifest.faults, {}});
    }
    for (const Defect& one : manifest.defects) {
      cases.push_back({testing::test_name(manifest.name, one.name), &one.scenario, manifest.faults, {one.plan}});
    }
    for (const RealProgram& one : manifest.reals) {
      Case real{testing::test_name(manifest.name, one.name), &one.scenario, {}, {}};
      for (const Fact& fact : one.facts) real.stated.push_back(fact.plan);
      cases.push_back(std::move(real));
    }
  }
  return cases;
}

std::vector<FaultPlan> plans_for(const Case& one, const Catalog& catalog, std::uint64_t most) {
  std::vector<FaultPlan> plans{FaultPlan{}};
  plans.insert(plans.end(), one.stated.begin(), one.stated.end());
  const PlanGenerator generator(catalog, {.faults = {.kinds = one.faults}, .most_faults = 1});
  for (std::uint64_t i = 0; plans.size() < most && !generator.empty(); ++i) {
    plans.push_back(generator.draw(split_seed(1, "faster " + std::to_string(i))));
  }
  return plans;
}

/// What a trial came to: not exercised, or what is violated, be it without any fault too.
std::set<std::string> outcome(SurveyedScenario& scenario, const FaultPlan& plan) {
  const Evidence evidence = scenario.run(plan);
  if (evidence.harness_error) return {"harness-error: " + *evidence.harness_error};
  if (!evidence.all_faults_fired()) return {"not exercised"};
  Baseline baseline = scenario.baseline();
  baseline.known_violations.clear();
  std::set<std::string> violated;
  for (const Violation& one : judge(evidence, scenario.contract(), baseline).violations) {
    violated.insert(signature(one, plan.faults.empty() ? FaultKind{} : fault_kind(plan.faults.front())));
  }
  return violated;
}

std::string print(const std::set<std::string>& outcome) {
  return outcome.empty() ? "held" : fmt::format("{}", fmt::join(outcome, ", "));
}

/// Empty: some outcome is common to both.
std::string difference(SurveyedScenario& usual, SurveyedScenario& faster, const FaultPlan& plan) {
  std::set<std::set<std::string>> usually{outcome(usual, plan)};
  std::set<std::set<std::string>> otherwise{outcome(faster, plan)};
  const auto common = [&] {
    return std::ranges::any_of(usually, [&](const auto& one) { return otherwise.contains(one); });
  };
  for (int i = 0; i < more_trials && !common(); ++i) {
    usually.insert(outcome(usual, plan));
    otherwise.insert(outcome(faster, plan));
  }
  return common() ? "" : fmt::format("{}, not {}", print(*otherwise.begin()), print(*usually.begin()));
}

/// A moment at which everybody waits for hardly longer than such a moment lasts comes and goes with the machine's load, in
/// real time more often.
bool has_moments(const Catalog& catalog, const FaultPlan& plan) {
  return std::ranges::all_of(plan.faults, [&](const Fault& fault) {
    const auto is_it = [&](const SiteRecord& record) { return record.site.point == fault.site.point; };
    return !std::holds_alternative<QuietPoint>(fault.site.point) || std::ranges::any_of(catalog.stable, is_it);
  });
}

class Faster : public ::testing::TestWithParam<Case> {};

TEST_P(Faster, TrialsFindTheSame) {
  const char* wish = std::getenv("EXITPROOF_FASTER_TRIALS");
  if (wish == nullptr) GTEST_SKIP() << "EXITPROOF_FASTER_TRIALS=N";
  WorkerPool real_pool(testing::built_workers(1));
  SurveyedScenario real(real_pool, *GetParam().scenario, 1);
  const std::vector<FaultPlan> plans = plans_for(GetParam(), real.catalog(), std::stoull(wish));
  const auto compare = [&](const char* way, const Scenario& scenario) {
    WorkerPool pool(testing::built_workers(1));
    SurveyedScenario faster(pool, scenario, 1);
    for (const FaultPlan& plan : plans) {
      if (!has_moments(faster.catalog(), plan)) continue;
      if (const std::string found = difference(real, faster, plan); !found.empty()) {
        ADD_FAILURE() << way << ", " << plan.print() << ": " << found;
      }
    }
  };
  Scenario scenario = *GetParam().scenario;
  scenario.time_mode = TimeMode::virtual_;
  compare("virtual time", scenario);
  scenario = *GetParam().scenario;
  scenario.snapshots = true;
  compare("snapshots", scenario);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Faster, ::testing::ValuesIn(all_cases()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace exitproof
