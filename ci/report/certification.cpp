#include "ci/report/certification.hpp"

namespace exitproof {
namespace {

/// The fault-free run that the finding tells of. Without a schedule all have the same plan, and which of them
/// showed it is known only where all did.
const Evidence* survey_of(const ScenarioReport& scenario, const Finding& finding) {
  if (!finding.plan.schedule && finding.flaky()) return nullptr;
  for (std::size_t run = 1;; ++run) {
    const auto found = scenario.evidence.find("survey-" + std::to_string(run));
    if (found == scenario.evidence.end()) return nullptr;
    if (found->second.plan == finding.plan) return &found->second;
  }
}

}  // namespace

std::vector<std::string> all_lacks(const Certification& certification) {
  std::vector<std::string> all;
  for (const ScenarioReport& scenario : certification.scenarios) {
    for (const std::string& lack : scenario.lacks) all.push_back(scenario.name + ": " + lack);
  }
  all.insert(all.end(), certification.lacks.begin(), certification.lacks.end());
  return all;
}

const Evidence* evidence_of(const ScenarioReport& scenario, const Finding& finding) {
  if (is_fault_free(finding.plan)) return survey_of(scenario, finding);
  const auto found = scenario.evidence.find(finding.violation.invariant + '.' + finding.plan.print());
  return found == scenario.evidence.end() ? nullptr : &found->second;
}

}  // namespace exitproof
