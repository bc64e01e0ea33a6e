#include "exitproof/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "properties/search/campaign_state.hpp"
#include "properties/search/random_search.hpp"
#include "properties/search/replay_findings.hpp"
#include "properties/search/shrink_findings.hpp"
#include "properties/search/strike_twice.hpp"
#include "properties/search/try_regressions.hpp"

namespace exitproof {
namespace {

std::string why_no_exceptions(const Survey& survey) {
  const Scenario& scenario = survey.scenario;
  if (!scenario.agents) return "the agents are off, and the program has no point of the probe";
  const bool told = std::ranges::any_of(survey.runs, [](const Evidence& run) { return !run.agents.empty(); });
  return told ? "the fault-free runs passed no point at which one can be thrown: no point of the probe, no operator "
                "new that an agent sees, no line of a module named by --inside"
              : "no agent and no probe spoke in the fault-free runs: in a static program, and in one that is neither "
                "C++ nor Python, none does";
}

/// Whether the plan's fault goes to the root, or to the terminal or the tree that it is part of.
bool strikes_root(const FaultPlan& plan) {
  const Fault& fault = plan.faults.back();
  const auto* process = fault.site.process ? std::get_if<ProcessPath>(&*fault.site.process) : nullptr;
  const bool has_one_target =
      fault.action == Action::kill || fault.action == Action::signal || fault.action == Action::pause;
  return !has_one_target || process == nullptr || process->process().is_root();
}

/// Where what was asked for cannot be had, a reader must not take it that it held.
void say_why_none(CampaignState& state) {
  const FaultKinds& asked = state.options.faults.kinds;
  const bool any_exception = std::ranges::any_of(state.trials, [](const PlannedTrial& trial) {
    return !trial.plan.faults.empty() && fault_kind(trial.plan.faults.back()) == FaultKind::exception;
  });
  if (asked.test(static_cast<std::size_t>(FaultKind::exception)) && !any_exception) {
    state.book.add_skip({"exceptions", why_no_exceptions(state.result.survey)});
  } else if (state.trials.empty()) {
    state.book.add_skip(
        {"faults", fmt::format("nothing that the fault-free runs do can be struck by {}", print_fault_kinds(asked))});
  }
}

void plan_single_faults(CampaignState& state) {
  const bool few = state.options.explore == Explore::smoke;
  std::vector<FaultPlan> plans = (few ? enumerate_smoke_plans : enumerate_plans)(state.result.catalog, state.faults());
  std::erase_if(plans, [&](const FaultPlan& plan) { return !state.can_be_tried(plan); });
  // A root that outlasts the survey outlasts a trial too, unless it is struck itself.
  if (!state.result.baseline.ended) std::stable_partition(plans.begin(), plans.end(), strikes_root);
  for (FaultPlan& plan : plans) state.plan_once(std::move(plan), Origin::exhaustive);
  say_why_none(state);
}

/// A kind that nothing stands for in the trials would pass for one that was withstood.
void say_what_cannot_be_struck(CampaignState& state) {
  const EnumerateOptions& asked = state.options.faults;
  const FaultKinds kinds = kinds_without_a_place(state.result.catalog, asked);
  if (kinds.none()) return;
  const std::optional<std::string> nobody = why_nobody_is_meant(state.result.catalog, asked.target);
  state.book.add_skip({.check = print_fault_kinds(kinds),
                       .why = nobody.value_or("the fault-free runs do nothing that can be struck so")});
}

/// True when there is something to try.
bool survey(CampaignState& state, const Scenario& scenario) {
  if (!state.survey(scenario)) return false;
  for (const Regression& regression : state.options.regressions) state.plan(regression.plan, Origin::regression);
  say_what_cannot_be_struck(state);
  if (state.options.explore != Explore::random) plan_single_faults(state);
  state.summarize();
  state.listener.surveyed(state.result);
  for (const Finding& finding : state.result.findings) state.listener.found(finding);
  return !state.result.interrupted;
}

/// The steps that share the time between them, in their order.
std::vector<std::function<void()>> ways_to_search(CampaignState& state, SecondStrikes& second) {
  const SearchOptions& options = state.options;
  const bool twice = options.second_plans != 0;
  std::vector<std::function<void()>> ways;
  if (options.explore != Explore::random) {
    ways.emplace_back([&, twice] {
      state.explore({.begin = options.regressions.size(),
                     .end = state.trials.size(),
                     .more = {},
                     .judged = [&](std::size_t trial, const Evidence& evidence, const Judgement& judgement) {
                       if (twice) second.remember(trial, evidence, judgement);
                     }});
    });
    if (twice) ways.emplace_back([&] { second.run(); });
  }
  const bool randomly = options.explore == Explore::random || options.explore == Explore::both;
  if (randomly) ways.emplace_back([&] { search_randomly(state); });
  return ways;
}

void search(CampaignState& state) {
  SecondStrikes second(state);
  state.start_clock();
  state.begin_step(1);
  try_regressions(state);
  const std::vector<std::function<void()>> ways = ways_to_search(state, second);
  for (std::size_t i = 0; i < ways.size() && !state.ended_early(); ++i) {
    state.begin_step(ways.size() - i);
    ways[i]();
  }
  if (!state.ended_early()) shrink_findings(state);
  if (!state.ended_early()) replay_findings(state);
}

}  // namespace

CampaignResult run_campaign(TrialService& service, const Scenario& scenario, const SearchOptions& options,
                            CampaignListener& listener) {
  CampaignState state(service, options, listener);
  state.result.seed = options.seed;
  const bool can_try = survey(state, scenario);
  const bool only_survey = options.survey_only || (options.strict && !state.book.empty());
  if (can_try && !only_survey) search(state);
  state.summarize();
  return std::move(state.result);
}

}  // namespace exitproof
