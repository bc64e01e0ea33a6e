#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "exitproof/invariant.hpp"
#include "properties/invariants/contract_table.hpp"

namespace exitproof {
namespace {

Judgement not_judged(Verdict verdict, std::vector<Note> notes, const Evidence& evidence) {
  return {.verdict = verdict, .violations = {}, .notes = std::move(notes), .skipped = evidence.skipped};
}

Note plain_note(std::string subject, std::string detail) {
  return {.invariant = {}, .process = {}, .command = {}, .subject = std::move(subject), .detail = std::move(detail)};
}

std::vector<Note> why_not_exercised(const Evidence& evidence) {
  std::vector<Note> notes;
  for (const FaultRecord& fault : evidence.faults) {
    if (fault.fired) continue;
    const std::string plan = fault.fault.print();
    notes.push_back(plain_note(plan, fmt::format("{} did not fire: {}", plan, fault.why_not)));
  }
  return notes;
}

void add_opinion(Judgement& judgement, Opinion opinion, std::string_view invariant) {
  for (const std::string& why : opinion.skipped) judgement.skipped.push_back(fmt::format("{}: {}", invariant, why));
  std::ranges::move(opinion.violations, std::back_inserter(judgement.violations));
  std::ranges::move(opinion.notes, std::back_inserter(judgement.notes));
}

Opinion opinion_of(const OwnInvariant& invariant, const Evidence& evidence, const Contract& contract,
                   const Baseline& baseline) {
  Opinion opinion = invariant.judge(evidence, contract, baseline);
  for (Violation& violation : opinion.violations) violation.invariant = invariant.name();
  for (Note& note : opinion.notes) note.invariant = invariant.name();
  return opinion;
}

bool is_known(const Violation& violation, const Baseline& baseline) {
  return std::ranges::find(baseline.known_violations, known_signature(violation)) != baseline.known_violations.end();
}

}  // namespace

std::string known_signature(const Violation& violation) {
  Violation plain = violation;
  plain.manner = Manner::normal;
  // A file is known by its name: the root may be another program when it is struck before an exec.
  constexpr std::array<std::string_view, 3> about_files = {"no-leftovers", "whole-outputs", "own-files-only"};
  if (std::ranges::find(about_files, plain.invariant) != about_files.end()) plain.command.clear();
  // Its subject is the first of all that is not whole.
  if (plain.invariant == "honest-exit-status") plain.subject.clear();
  return signature(plain, FaultKind::none);
}

Judgement judge(const Evidence& evidence, const Contract& contract, const Baseline& baseline,
                const OwnInvariants& own) {
  if (evidence.harness_error) {
    return not_judged(Verdict::harness_error, {plain_note("harness", *evidence.harness_error)}, evidence);
  }
  if (!evidence.all_faults_fired()) {
    return not_judged(Verdict::not_exercised, why_not_exercised(evidence), evidence);
  }
  Judgement judgement{.verdict = Verdict::held, .violations = {}, .notes = {}, .skipped = evidence.skipped};
  for (const Invariant& invariant : all_invariants()) {
    add_opinion(judgement, invariant.judge(evidence, contract, baseline), invariant.name);
  }
  for (const auto& invariant : own) {
    add_opinion(judgement, opinion_of(*invariant, evidence, contract, baseline), invariant->name());
  }
  const bool broken = !judgement.violations.empty();
  if (!evidence.plan.faults.empty()) {
    std::erase_if(judgement.violations, [&](const Violation& one) { return is_known(one, baseline); });
  }
  if (!judgement.violations.empty()) {
    judgement.verdict = Verdict::violated;
  } else if (const auto why = why_no_end(evidence); why && !broken) {
    judgement.verdict = Verdict::not_exercised;
    judgement.notes.push_back(plain_note("end", "its end could not be judged: " + *why));
  }
  return judgement;
}

}  // namespace exitproof
