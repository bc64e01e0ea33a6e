#include "properties/search/try_regressions.hpp"

#include <algorithm>

#include "exitproof/pattern.hpp"

namespace exitproof {
namespace {

bool shows(const Judgement& judgement, const Regression& regression) {
  return std::ranges::any_of(judgement.violations, [&](const Violation& violation) {
    const bool same_invariant = regression.invariant.empty() || violation.invariant == regression.invariant;
    const bool same_command = regression.command.empty() || violation.command == regression.command;
    return same_invariant && same_command &&
           (regression.subject.empty() || name_pattern(violation.subject) == name_pattern(regression.subject));
  });
}

std::string why_not_fired(const Evidence& evidence) {
  const auto missed = std::ranges::find(evidence.faults, false, &FaultRecord::fired);
  return missed != evidence.faults.end() ? missed->why_not : std::string();
}

void enter(RegressionOutcome& outcome, const Evidence& evidence, const Judgement& judgement) {
  switch (judgement.verdict) {
    case Verdict::violated:
      outcome.state = shows(judgement, outcome.regression) ? RegressionState::fails : RegressionState::fails_otherwise;
      break;
    case Verdict::held:
      outcome.state = RegressionState::holds;
      break;
    case Verdict::not_exercised:
      outcome.state = RegressionState::gone;
      outcome.why = why_not_fired(evidence);
      break;
    case Verdict::flaky:
    case Verdict::harness_error:
      outcome.why = evidence.harness_error.value_or("");
      break;
  }
}

}  // namespace

void try_regressions(CampaignState& state) {
  const std::vector<Regression>& regressions = state.options.regressions;
  for (const Regression& regression : regressions) state.result.regressions.push_back({.regression = regression});
  state.explore({.begin = 0,
                 .end = regressions.size(),
                 .more = {},
                 .judged = [&](std::size_t trial, const Evidence& evidence, const Judgement& judgement) {
                   enter(state.result.regressions[trial], evidence, judgement);
                 }});
}

}  // namespace exitproof
