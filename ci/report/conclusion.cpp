#include "ci/report/conclusion.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/report/finding_words.hpp"

namespace exitproof {
namespace {

bool contains(const FaultKinds& kinds, FaultKind kind) {
  return kinds.test(static_cast<std::size_t>(kind));
}

/// The kind under which a fault of this one was asked for.
FaultKind asked_as(FaultKind kind, const FaultKinds& asked) {
  const bool by_enospc = kind == FaultKind::full && !contains(asked, kind) && contains(asked, FaultKind::enospc);
  return by_enospc ? FaultKind::enospc : kind;
}

void add(StruckCount& sum, const StruckCount& count) {
  sum.faults += count.faults;
  sum.fired += count.fired;
  sum.violated += count.violated;
  sum.held += count.held;
}

bool is_of_interest(const KindOutcome& outcome, const FaultKinds& asked) {
  return outcome.kind == FaultKind::none || contains(asked, outcome.kind) || outcome.struck.faults > 0 ||
         !outcome.findings.empty();
}

std::string why_never_struck(const CampaignResult& result) {
  if (result.survey.refusal) return *result.survey.refusal;
  if (result.interrupted) return "the campaign was interrupted before a trial of it";
  if (result.gave_up) return "a fault changed the machine for good before a trial of it";
  if (result.out_of_time || result.trials.total < result.trials.planned) {
    return fmt::format("the budget ended before a trial of it: {} of {} trials are done", result.trials.total,
                       result.trials.planned);
  }
  return "nothing that the subject does can be struck so";
}

/// Why a kind without a finding says nothing; empty: it held.
std::string why_nothing_is_said(const KindOutcome& outcome, const CampaignResult& result) {
  if (result.survey.refusal) return *result.survey.refusal;
  if (result.survey.runs.empty()) return "no fault-free run was made";
  if (!result.baseline.ended) return "no fault-free run to compare with came to its end";
  if (outcome.kind == FaultKind::none) return {};
  if (outcome.struck.faults == 0) return why_never_struck(result);
  if (outcome.struck.fired == 0) return fmt::format("none of {} fired", counted(outcome.struck.faults, "fault"));
  if (outcome.struck.held == 0) return "no trial of it was judged to hold";
  return {};
}

void judge(KindOutcome& outcome, const CampaignResult& result) {
  if (!outcome.findings.empty()) {
    const bool all_flaky = std::ranges::all_of(outcome.findings, [](const Finding* one) { return one->flaky(); });
    outcome.verdict = all_flaky ? Verdict::flaky : Verdict::violated;
    return;
  }
  outcome.why = why_nothing_is_said(outcome, result);
  if (!outcome.why.empty()) outcome.verdict = Verdict::not_exercised;
}

}  // namespace

Conclusion conclusion_of(const CampaignResult& result) {
  if (result.survey.refusal) return Conclusion::cannot_be_tried;
  if (!result.findings.empty()) return Conclusion::violated;
  if (result.trials.harness_error > 0) return Conclusion::harness_failed;
  if (result.trials.held == 0) return Conclusion::nothing_tried;
  return result.baseline.ended && !result.gave_up ? Conclusion::held : Conclusion::cannot_be_tried;
}

Conclusion conclusion_of(const Certification& certification) {
  if (certification.scenarios.empty()) return Conclusion::nothing_tried;
  Conclusion loudest = all_lacks(certification).empty() ? Conclusion::held : Conclusion::refused;
  for (const ScenarioReport& scenario : certification.scenarios) {
    loudest = std::max(loudest, conclusion_of(scenario.result));
  }
  return loudest;
}

std::vector<KindOutcome> kind_outcomes(const ScenarioReport& scenario) {
  std::vector<KindOutcome> outcomes;
  for (const FaultKind kind : all_fault_kinds()) {
    KindOutcome& outcome = outcomes.emplace_back();
    outcome.kind = kind;
    for (const auto& [name, count] : scenario.result.statistics.by_kind) {
      const std::optional<FaultKind> counted_kind = fault_kind_of_name(name);
      if (counted_kind && asked_as(*counted_kind, scenario.faults) == kind) add(outcome.struck, count);
    }
    for (const Finding& finding : scenario.result.findings) {
      if (asked_as(finding.kind, scenario.faults) == kind) outcome.findings.push_back(&finding);
    }
    judge(outcome, scenario.result);
    if (!is_of_interest(outcome, scenario.faults)) outcomes.pop_back();
  }
  return outcomes;
}

std::string_view kind_title(FaultKind kind) {
  return kind == FaultKind::none ? "fault-free" : fault_kind_name(kind);
}

}  // namespace exitproof
