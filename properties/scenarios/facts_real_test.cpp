// What is true of real programs, by the manifests: Python's multiprocessing, bash, make, Boost.Process and others.
//
// EXITPROOF_REAL_TRIALS=N tries every quiet moment of each besides, and so many drawn faults in all: `ci/extended real`.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>

#include "exitproof/enumerate.hpp"
#include "exitproof/seed.hpp"
#include "properties/scenarios/program_version.hpp"
#include "properties/scenarios/scenarios_testing.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"
#include "properties/search/generate_plans.hpp"

namespace exitproof {
namespace {

struct Case {
  std::string name;
  const RealProgram* real;
};

void PrintTo(const Case& one, std::ostream* out) {  // NOLINT(readability-identifier-naming): GoogleTest's name
  *out << one.real->name;
}

std::vector<Case> all_real_programs() {
  std::vector<Case> cases;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const RealProgram& real : manifest.reals) {
      cases.push_back({testing::test_name(manifest.name, real.name), &real});
    }
  }
  return cases;
}

std::vector<Fact> facts_of(const RealProgram& real, const ProgramVersion& version) {
  std::vector<Fact> facts;
  std::ranges::copy_if(real.facts, std::back_inserter(facts),
                       [&](const Fact& fact) { return applies_to(fact, version); });
  return facts;
}

std::string in_words(const Judgement& judgement) {
  std::string words;
  for (const Violation& one : judgement.violations) words += one.invariant + ": " + one.detail + '\n';
  for (const Note& note : judgement.notes) words += "note: " + note.detail + '\n';
  return words;
}

class Facts : public ::testing::TestWithParam<Case> {};

TEST_P(Facts, AreTrueOfTheVersionFound) {
  const RealProgram& real = *GetParam().real;
  const ProgramVersion version = version_found(real.scenario);
  RecordProperty("version", version.print());
  std::map<std::string, std::vector<Fact>> by_plan;
  for (const Fact& fact : facts_of(real, version)) by_plan[fact.plan.print()].push_back(fact);
  if (by_plan.empty()) GTEST_SKIP() << "nothing is stated of version " << version.print();
  WorkerPool pool(testing::built_workers(1));
  SurveyedScenario scenario(pool, real.scenario, 1);
  for (const auto& [plan, facts] : by_plan) {
    SCOPED_TRACE(plan);
    const Evidence evidence = scenario.run(facts.front().plan);
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    ASSERT_TRUE(evidence.all_faults_fired());
    const Judgement judgement = scenario.judge(evidence);
    for (const Fact& fact : facts) {
      EXPECT_EQ(is_violated(judgement, fact.invariant), fact.found)
          << fact.invariant << " of version " << version.print() << ", since " << fact.reason << ", but:\n"
          << in_words(judgement);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Real, Facts, ::testing::ValuesIn(all_real_programs()),
                         [](const auto& one) { return one.param.name; });

std::uint64_t trials_wanted() {
  const char* wish = std::getenv("EXITPROOF_REAL_TRIALS");
  return wish != nullptr ? std::stoull(wish) : 0;
}

/// The quiet moments with every fault, and then what the seed draws.
std::vector<FaultPlan> sample(const Catalog& catalog, std::uint64_t most) {
  std::vector<FaultPlan> plans;
  for (FaultPlan& plan : enumerate_plans(catalog, {})) {
    if (plans.size() < most && std::holds_alternative<QuietPoint>(plan.faults.front().site.point)) {
      plans.push_back(std::move(plan));
    }
  }
  const PlanGenerator generator(catalog, {.faults = {}, .most_faults = 1});
  for (std::uint64_t i = 0; plans.size() < most && !generator.empty(); ++i) {
    plans.push_back(generator.draw(split_seed(1, "real " + std::to_string(i))));
  }
  return plans;
}

class FactsSample : public ::testing::TestWithParam<Case> {};

/// Nothing is found by an invariant of which nothing is stated, and what is stated of a fault-free run is found in all.
TEST_P(FactsSample, ShowsNothingElse) {
  const std::uint64_t trials = trials_wanted();
  if (trials == 0) GTEST_SKIP() << "EXITPROOF_REAL_TRIALS=N";
  const RealProgram& real = *GetParam().real;
  const ProgramVersion version = version_found(real.scenario);
  std::set<std::string> stated;
  for (const Fact& fact : facts_of(real, version)) {
    if (fact.found) stated.insert(fact.invariant);
  }
  WorkerPool pool(testing::built_workers(1));
  SurveyedScenario scenario(pool, real.scenario, 1);
  std::uint64_t fired = 0;
  for (const FaultPlan& plan : sample(scenario.catalog(), trials)) {
    const Evidence evidence = scenario.run(plan);
    EXPECT_FALSE(evidence.harness_error) << plan.print() << ": " << *evidence.harness_error;
    fired += evidence.all_faults_fired() ? 1U : 0U;
    for (const Violation& violation : scenario.judge(evidence).violations) {
      EXPECT_TRUE(stated.contains(violation.invariant))
          << plan.print() << " shows " << violation.invariant << ": " << violation.detail;
    }
  }
  EXPECT_GT(fired, 0U);
}

INSTANTIATE_TEST_SUITE_P(Real, FactsSample, ::testing::ValuesIn(all_real_programs()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace exitproof
