#pragma once

#include <utility>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/catalog.hpp"
#include "exitproof/invariant.hpp"
#include "exitproof/survey.hpp"
#include "exitproof/trial_service.hpp"

namespace exitproof {

/// A scenario whose fault-free runs are known, so that plans can be tried on it one at a time and judged. The service
/// must outlive it, and is used by nobody else meanwhile.
class SurveyedScenario {
 public:
  /// Makes the survey. Throws std::runtime_error when there is none: the subject cannot be run here, or the service
  /// ended the search.
  SurveyedScenario(TrialService& service, const Scenario& scenario, std::uint64_t seed);

  const Survey& survey() const { return survey_; }
  const Catalog& catalog() const { return catalog_; }
  const Baseline& baseline() const { return baseline_; }
  const Contract& contract() const { return survey_.scenario.contract; }

  /// Blocks until the trial is over. A trial that fails in the harness is made once more. Throws std::runtime_error
  /// when the service ends the search.
  Evidence run(const FaultPlan& plan) { return std::move(run(plan, 1).front()); }
  /// The same plan so many times, as many at one time as the service makes.
  std::vector<Evidence> run(const FaultPlan& plan, unsigned times);

  Judgement judge(const Evidence& evidence) const;

 private:
  TrialService& service_;
  Survey survey_;
  Catalog catalog_;
  Baseline baseline_;
  TrialRequest request_;
};

/// Whether the invariant of that name is violated.
bool is_violated(const Judgement& judgement, std::string_view invariant);

}  // namespace exitproof
