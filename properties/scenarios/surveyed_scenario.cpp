#include "properties/scenarios/surveyed_scenario.hpp"

#include <algorithm>
#include <stdexcept>

#include "properties/search/trial_template.hpp"

namespace exitproof {

SurveyedScenario::SurveyedScenario(TrialService& service, const Scenario& scenario, std::uint64_t seed)
    : service_(service) {
  survey_ = take_survey(service, scenario, {.runs = 3, .sites = true, .next_runs = true});
  if (survey_.refusal) throw std::runtime_error(*survey_.refusal);
  if (survey_.interrupted || survey_.runs.empty()) throw std::runtime_error("the survey was interrupted");
  catalog_ = make_catalog(survey_.runs, seed);
  baseline_ = make_baseline(survey_.runs, survey_.scenario);
  request_ = trial_template(survey_.runs, baseline_);
  if (several_make_files(survey_.runs)) request_.classes |= trespass_classes();
}

Evidence SurveyedScenario::run(const FaultPlan& plan) {
  request_.plan = plan;
  for (int attempts_left = 1;; --attempts_left) {
    service_.submit(0, request_);
    std::optional<TrialService::Answer> answer = service_.next();
    if (!answer) throw std::runtime_error("the search was ended");
    if (!answer->evidence.harness_error || attempts_left == 0) return std::move(answer->evidence);
  }
}

Judgement SurveyedScenario::judge(const Evidence& evidence) const {
  return exitproof::judge(evidence, contract(), baseline_);
}

bool is_violated(const Judgement& judgement, std::string_view invariant) {
  return std::ranges::any_of(judgement.violations,
                             [&](const Violation& violation) { return violation.invariant == invariant; });
}

}  // namespace exitproof
