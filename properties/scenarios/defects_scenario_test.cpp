#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "exitproof/replay.hpp"
#include "properties/scenarios/scenarios_testing.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"

namespace exitproof {
namespace {

struct Case {
  std::string name;
  const Manifest* manifest;
  const Defect* defect;
};

void PrintTo(const Case& one, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << one.defect->mistake;
}

std::vector<Case> all_defects() {
  std::vector<Case> cases;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Defect& defect : manifest.defects) {
      cases.push_back({testing::test_name(manifest.name, defect.name), &manifest, &defect});
    }
  }
  return cases;
}

/// The reference, of which the defect's contract is asked.
Scenario reference_under_contract(const Case& one) {
  Scenario scenario = one.defect->scenario;
  scenario.command = one.manifest->references.front().scenario.command;
  return scenario;
}

std::vector<Case> those_with_own_contracts() {
  std::vector<Case> cases = all_defects();
  std::erase_if(cases, [](const Case& one) {
    return reference_under_contract(one) == one.manifest->references.front().scenario;
  });
  return cases;
}

class Defects : public ::testing::TestWithParam<Case> {};

/// The plan of the manifest shows it: its fault fires, the invariant that the manifest names finds it, and none finds
/// it that the manifest does not name.
TEST_P(Defects, AreFoundByTheirInvariant) {
  const Defect& defect = *GetParam().defect;
  WorkerPool pool(testing::built_workers(1));
  ReplayOptions options;
  options.plan = defect.plan;
  Scenario scenario = defect.scenario;
  scenario.time_mode = testing::time_under_test();
  const ReplayResult replay = run_replay(pool, scenario, options);
  ASSERT_FALSE(replay.result.survey.refusal) << *replay.result.survey.refusal;
  ASSERT_TRUE(replay.shown) << "no trial was made";
  EXPECT_TRUE(replay.shown->all_faults_fired()) << defect.plan.print() << " did not fire";
  std::set<std::string> allowed{defect.invariant};
  for (const Defect::Also& also : defect.also) allowed.insert(also.invariant);
  bool found = false;
  for (const Finding& finding : replay.result.findings) {
    found = found || finding.violation.invariant == defect.invariant;
    EXPECT_TRUE(allowed.contains(finding.violation.invariant))
        << finding.violation.invariant << ": " << finding.violation.detail;
  }
  EXPECT_TRUE(found) << defect.invariant << " is held under " << defect.plan.print();
}

class OwnContracts : public Defects {};

/// What a contract of its own asks for, the reference keeps under the same plan: it is the mistake that breaks it.
TEST_P(OwnContracts, AskForNothingThatTheReferenceLacks) {
  const Defect& defect = *GetParam().defect;
  WorkerPool pool(testing::built_workers(1));
  SurveyedScenario surveyed(pool, reference_under_contract(GetParam()), 1);
  for (const Violation& one : surveyed.judge(surveyed.run(defect.plan)).violations) {
    ADD_FAILURE() << one.invariant << ": " << one.detail;
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Defects, ::testing::ValuesIn(all_defects()),
                         [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(Scenarios, OwnContracts, ::testing::ValuesIn(those_with_own_contracts()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace exitproof
