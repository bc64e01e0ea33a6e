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
  request_.snapshot = survey_.scenario.snapshots;
  if (several_make_files(survey_.runs)) request_.classes |= trespass_classes();
}

std::vector<Evidence> SurveyedScenario::run(const FaultPlan& plan, unsigned times) {
  request_.plan = plan;
  std::vector<Evidence> trials(times);
  std::vector<bool> again(times, true);
  for (unsigned i = 0; i < times; ++i) service_.submit(i, request_);
  for (unsigned due = times; due > 0;) {
    std::optional<TrialService::Answer> answer = service_.next();
    if (!answer) throw std::runtime_error("the search was ended");
    const TrialService::Ticket i = answer->ticket;
    if (answer->evidence.harness_error && again.at(i)) {
      again[i] = false;
      service_.submit(i, request_);
      continue;
    }
    trials[i] = std::move(answer->evidence);
    --due;
  }
  return trials;
}

Judgement SurveyedScenario::judge(const Evidence& evidence) const {
  return exitproof::judge(evidence, contract(), baseline_);
}

bool is_violated(const Judgement& judgement, std::string_view invariant) {
  return std::ranges::any_of(judgement.violations,
                             [&](const Violation& violation) { return violation.invariant == invariant; });
}

}  // namespace exitproof
