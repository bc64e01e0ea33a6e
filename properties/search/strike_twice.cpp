#include "properties/search/strike_twice.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "properties/search/trial_batch.hpp"

namespace exitproof {
namespace {

/// A look costs as much as a trial: of first faults, as many are looked at as second ones may be tried. Numbers with
/// their bits in reverse order spread any so many first ones evenly; and since a trial has the same number in each
/// shard, what all shards together would look at, each of them looks at.
std::uint64_t reversed(std::uint64_t number) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 64; ++i) bits |= ((number >> i) & 1U) << (63 - i);
  return bits;
}

}  // namespace

void SecondStrikes::remember(std::size_t trial, const Evidence& evidence, const Judgement& judgement) {
  if (!goes_on_after_fault(evidence)) return;
  FirstFault first{.trial = trial, .reaction = reaction_of(evidence), .violations = known_by(judgement.violations)};
  firsts_.push_back(std::move(first));
}

void SecondStrikes::run() {
  order_for_looks();
  SecondFaults& second = state_.result.second.emplace();
  second.reactions = firsts_.size();
  std::vector<std::vector<SecondPlan>> found(firsts_.size());
  const std::uint64_t bound = state_.options.second_plans;
  const bool whole = run_batch(
      state_.service,
      {.goes_on = [&](std::size_t index) { return index < firsts_.size() && index < bound && state_.may_try_more(); },
       .name = [&](std::size_t index) { return "look at " + first_plan(index).print(); },
       .request =
           [&](std::size_t index) {
             TrialRequest request = state_.close_look_at(first_plan(index));
             request.sites = true;
             return request;
           },
       .enter =
           [&](std::size_t index, const Evidence& evidence) {
             ++second.looked_at;
             found[index] = follow(index, evidence);
           }});
  if (!whole) state_.result.interrupted = true;
  if (!whole) return;
  std::vector<SecondPlan> all;
  for (std::vector<SecondPlan>& plans : found) std::ranges::move(plans, std::back_inserter(all));
  second.plans = all.size();
  const std::size_t begin = state_.trials.size();
  for (SecondPlan& chosen : choose_second_plans(std::move(all), bound)) {
    state_.plan(std::move(chosen.plan), Origin::second, firsts_[chosen.first].violations);
  }
  second.planned = state_.trials.size() - begin;
  state_.explore({.begin = begin,
                  .end = state_.trials.size(),
                  .more = {},
                  .judged = [&](std::size_t, const Evidence&, const Judgement&) { ++second.tried; }});
}

void SecondStrikes::order_for_looks() {
  std::ranges::sort(firsts_, {}, &FirstFault::trial);  // one reaction's first is the same for every number of workers
  std::set<std::string> seen;
  std::stable_partition(firsts_.begin(), firsts_.end(),
                        [&](const FirstFault& first) { return seen.insert(first.reaction).second; });
  std::sort(firsts_.begin() + static_cast<std::ptrdiff_t>(seen.size()), firsts_.end(),
            [](const FirstFault& one, const FirstFault& other) { return reversed(one.trial) < reversed(other.trial); });
}

std::vector<SecondPlan> SecondStrikes::follow(std::size_t first, const Evidence& evidence) {
  if (evidence.harness_error) state_.errors.insert(*evidence.harness_error);
  if (!goes_on_after_fault(evidence)) return {};
  ++state_.result.second->followed;
  const EnumerateOptions options{.kinds = state_.options.second_kinds.value_or(second_fault_kinds()),
                                 .target = state_.options.faults.target};
  std::vector<SecondPlan> plans = second_plans(evidence, state_.result.survey.runs, options, state_.options.seed);
  std::erase_if(plans, [&](const SecondPlan& one) { return !state_.can_be_tried(one.plan); });
  for (SecondPlan& plan : plans) plan.first = first;
  return plans;
}

}  // namespace exitproof
