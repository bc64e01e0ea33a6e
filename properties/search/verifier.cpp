#include "properties/search/verifier.hpp"

#include <algorithm>

#include "properties/search/drawn_names.hpp"

namespace exitproof {
namespace {

bool alike(const Violation& one, const Violation& other) {
  return one.invariant == other.invariant && one.command == other.command && one.manner == other.manner &&
         (one.subject == other.subject || drawn_alike(one.subject, other.subject));
}

bool alike(const Outcome& outcome, const Judgement& judgement) {
  return outcome.verdict == judgement.verdict &&
         std::ranges::is_permutation(outcome.violations, judgement.violations,
                                     [](const Violation& a, const Violation& b) { return alike(a, b); });
}

}  // namespace

void Verifier::add(unsigned number, const Judgement& judgement, const Evidence& evidence) {
  if (evidence.harness_error) return;
  ++verification_.times;
  enter_outcome(judgement);
  if (first_) return compare(number, evidence);
  first_ = evidence;
  verification_.first_trial = number;
  verification_.digest = evidence.digest;
  verification_.tree = evidence.processes;
  verification_.same = verification_.same_by_thread = 1;
}

void Verifier::enter_outcome(const Judgement& judgement) {
  std::vector<Outcome>& outcomes = verification_.outcomes;
  const auto known = std::ranges::find_if(outcomes, [&](const Outcome& one) { return alike(one, judgement); });
  if (known == outcomes.end()) {
    outcomes.push_back({judgement.verdict, judgement.violations, 1});
  } else {
    ++known->trials;
  }
}

void Verifier::compare(unsigned number, const Evidence& evidence) {
  const bool equal = evidence.digest.whole == first_->digest.whole;
  auto parting = equal ? std::nullopt : first_parting(*first_, evidence);
  const bool same_by_thread = !parting || parting->interleaved;
  verification_.same += parting ? 0U : 1U;
  verification_.same_by_thread += same_by_thread ? 1U : 0U;
  verification_.names_drawn = verification_.names_drawn || (!equal && !parting);
  // Another order is worth telling until a thread does something else.
  const bool worse = !verification_.parting || (verification_.parting->interleaved && !same_by_thread);
  if (!parting || !worse) return;
  verification_.parting = std::move(parting);
  verification_.parted_trial = number;
  verification_.parted = evidence;
}

}  // namespace exitproof
