#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

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

std::vector<ViolationCase> cases_of(const Violation& violation) {
  return violation.cases.empty() ? std::vector<ViolationCase>{{}} : violation.cases;
}

/// How much of what is known is not used up yet, by signature and way.
class Allowance {
 public:
  explicit Allowance(std::span<const KnownViolation> known) {
    for (const KnownViolation& one : known) {
      const auto [at, added] = left_.try_emplace({one.signature, one.way}, one.most);
      if (added) continue;
      // Known from two sides: where one of them gives no number, there is none.
      at->second = one.most == 0 || at->second == 0 ? 0 : at->second + one.most;
    }
  }

  /// How many of the cases are known. When all are, they are used up.
  unsigned take(const Violation& violation) {
    const std::string signature = known_signature(violation);
    const std::vector<ViolationCase> cases = cases_of(violation);
    unsigned known = 0;
    for (const ViolationCase& one : cases) known += known_of({signature, one.way}, one.count);
    if (known < count(cases)) return known;
    for (const ViolationCase& one : cases) {
      unsigned& left = left_.at({signature, one.way});
      if (left != 0 && (left -= one.count) == 0) left_.erase({signature, one.way});
    }
    return known;
  }

  static unsigned count(const std::vector<ViolationCase>& cases) {
    unsigned sum = 0;
    for (const ViolationCase& one : cases) sum += one.count;
    return sum;
  }

 private:
  using Key = std::pair<std::string, std::string>;

  unsigned known_of(const Key& key, unsigned count) const {
    const auto found = left_.find(key);
    if (found == left_.end()) return 0;
    return found->second == 0 ? count : std::min(count, found->second);
  }

  std::map<Key, unsigned> left_;  ///< 0: any number
};

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

std::vector<KnownViolation> known_by(std::span<const Violation> violations) {
  std::vector<KnownViolation> known;
  for (const Violation& violation : violations) {
    const std::string signature = known_signature(violation);
    for (const ViolationCase& one : cases_of(violation)) {
      const auto same = std::ranges::find_if(
          known, [&](const KnownViolation& other) { return other.signature == signature && other.way == one.way; });
      if (same != known.end()) {
        same->most += one.count;
      } else {
        known.push_back({signature, one.way, one.count});
      }
    }
  }
  return known;
}

void remove_known(std::vector<Violation>& violations, std::span<const KnownViolation> known) {
  Allowance allowance(known);
  std::vector<Violation> left;
  for (Violation& violation : violations) {
    const unsigned all = Allowance::count(cases_of(violation));
    const unsigned taken = allowance.take(violation);
    if (taken == all) continue;
    if (taken != 0) violation.detail += fmt::format("; {} of these {} are known without it", taken, all);
    left.push_back(std::move(violation));
  }
  violations = std::move(left);
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
  if (!evidence.plan.faults.empty()) remove_known(judgement.violations, baseline.known_violations);
  if (!judgement.violations.empty()) {
    judgement.verdict = Verdict::violated;
  } else if (const auto why = why_no_end(evidence); why && !broken) {
    judgement.verdict = Verdict::not_exercised;
    judgement.notes.push_back(plain_note("end", "its end could not be judged: " + *why));
  }
  return judgement;
}

}  // namespace exitproof
