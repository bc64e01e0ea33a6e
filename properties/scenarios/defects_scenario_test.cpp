#include <gtest/gtest.h>

#include <ostream>
#include <set>

#include "exitproof/replay.hpp"
#include "properties/scenarios/scenarios_testing.hpp"

namespace exitproof {
namespace {

struct Case {
  std::string name;
  const Defect* defect;
};

void PrintTo(const Case& one, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << one.defect->mistake;
}

std::vector<Case> all_defects() {
  std::vector<Case> cases;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Defect& defect : manifest.defects) {
      cases.push_back({testing::test_name(manifest.name, defect.name), &defect});
    }
  }
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
  const ReplayResult replay = run_replay(pool, defect.scenario, options);
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

INSTANTIATE_TEST_SUITE_P(Scenarios, Defects, ::testing::ValuesIn(all_defects()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace exitproof
