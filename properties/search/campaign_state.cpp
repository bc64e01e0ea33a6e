#include "properties/search/campaign_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "exitproof/scheduled_service.hpp"
#include "exitproof/seed.hpp"
#include "properties/search/count_faults.hpp"
#include "properties/search/trial_batch.hpp"
#include "properties/search/trial_template.hpp"

namespace exitproof {
namespace {

bool fills_disk(const FaultPlan& plan) {
  return std::ranges::any_of(plan.faults, [](const Fault& fault) { return fault.action == Action::full; });
}

}  // namespace

bool CampaignState::survey(const Scenario& scenario) {
  ScheduledService scheduled(service, options.seed, true);
  result.survey = take_survey(options.seeded ? scheduled : service, scenario,
                              {.runs = 3,
                               .sites = true,
                               .next_runs = !options.survey_only,
                               .two_runs_from = {},
                               .reads = options.reads,
                               .in_another_second = options.in_another_second});
  result.interrupted = result.survey.interrupted;
  const auto& runs = result.survey.runs;
  if (result.survey.refusal || runs.empty()) return false;
  result.catalog = make_catalog(runs, options.seed);
  surveyed_ = SurveyedPlaces(result.catalog);
  result.baseline = make_baseline(runs, result.survey.scenario, options.own_invariants);
  common = trial_template(runs, result.baseline);
  several_makers_ = several_make_files(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    listener.keep("survey-" + std::to_string(i + 1), runs[i]);
    judge_survey(runs, i);
  }
  say_unseen_modules();
  return true;
}

EnumerateOptions CampaignState::faults() const {
  EnumerateOptions faults = options.faults;
  const auto is_told = [](const Evidence& run) { return !run.agents.empty(); };
  if (options.exceptions_where_told && std::ranges::any_of(result.survey.runs, is_told)) {
    faults.kinds.set(static_cast<std::size_t>(FaultKind::exception));
  }
  return faults;
}

// A misspelt module would pass for one in which nothing can go wrong.
void CampaignState::say_unseen_modules() {
  for (const std::string& module : result.survey.scenario.inside) {
    const bool seen = std::ranges::any_of(result.survey.runs.front().sites, [&](const SiteRecord& site) {
      const auto* line = std::get_if<LinePoint>(&site.site.point);
      const auto* call = std::get_if<CallEventPoint>(&site.site.point);
      const std::string name = line != nullptr ? line->module : call != nullptr ? call->module : std::string();
      return name == module || name.starts_with(module + ".");
    });
    if (!seen) book.add_skip({"exceptions", "the fault-free runs ran no line of --inside " + module});
  }
}

void CampaignState::judge_survey(const std::vector<Evidence>& runs, std::size_t index) {
  std::ranges::copy(runs[index].lasting_changes, std::inserter(lasting_, lasting_.end()));
  for (const Finding& finding : book.add(judge_fault_free(runs[index]), runs[index], index)) {
    for (const Evidence& run : runs) book.add_replay(finding.signature, 0, judge_fault_free(run), run, false);
  }
}

void CampaignState::begin_step(std::size_t steps) {
  until_ = options.time;
  trials_until_ = options.max_trials;
  if (steps <= 1) return;
  const Millis past = elapsed();
  until_ = past + (options.time - past) / static_cast<Millis::rep>(steps);
  if (options.max_trials != 0) trials_until_ = begun_ + (options.max_trials - begun_) / steps;
}

bool CampaignState::may_try_more() {
  const bool enough = options.max_trials != 0 && begun_ >= trials_until_;
  if (enough || result.gave_up) return false;
  const bool in_time = has_time();
  if (!in_time) result.out_of_time = true;
  return in_time;
}

bool CampaignState::has_time() const {
  if (until_ != options.time) return elapsed() < until_;
  return elapsed() < std::max(options.time / 2, options.time - replay_reserve());
}

/// What the replays of the findings will take, by what their trials took.
Millis CampaignState::replay_reserve() const {
  Micros sum{0};
  for (const auto& [name, entry] : book.entries()) {
    if (!is_fault_free(entry.candidates.front().finding.plan)) sum += entry.candidates.front().took;
  }
  return std::chrono::duration_cast<Millis>(sum * options.replays / std::max(service.capacity(), 1U));
}

void CampaignState::plan(FaultPlan plan, Origin origin, std::vector<KnownViolation> known) {
  // What is drawn later does not depend on the second faults, which depend on how the first ones went.
  if (origin != Origin::second) planned_.insert(plan.print());
  PlannedTrial trial{
      .plan = std::move(plan), .origin = origin, .nth = planned_of_[origin]++, .known = std::move(known)};
  if (options.seeded && !trial.plan.schedule) trial.plan.schedule = schedule_for(trial);
  trials.push_back(std::move(trial));
  result.trials.planned = trials.size();
}

std::uint64_t CampaignState::schedule_for(const PlannedTrial& trial) const {
  switch (trial.origin) {
    case Origin::regression:
    case Origin::exhaustive:
      return draw_schedule(options.seed, trials.size());
    case Origin::second:
      return draw_schedule(split_seed(options.seed, "schedule of " + trial.plan.print()), 0);
    case Origin::random:
      return draw_schedule(split_seed(options.seed, "schedules of random plans"), trial.nth);
  }
  return 0;
}

std::string CampaignState::name_of(const PlannedTrial& trial) {
  const std::string plan = trial.plan.print();
  switch (trial.origin) {
    case Origin::regression:
      return fmt::format("regression {} {}", trial.nth, plan);
    case Origin::exhaustive:
      return "single " + plan;
    case Origin::second:
      return "second " + plan;
    case Origin::random:
      return "random " + plan;
  }
  return plan;
}

bool CampaignState::plan_once(FaultPlan wanted, Origin origin) {
  if (planned_.contains(wanted.print())) return false;
  plan(std::move(wanted), origin);
  return true;
}

void CampaignState::explore(const Exploration& exploration) {
  const auto begin_next = [&](std::size_t trial) {
    const bool planned = trial < exploration.end;
    if ((!planned && !exploration.more) || !may_try_more() || (!planned && !exploration.more())) return false;
    ++begun_;
    return true;
  };
  const std::size_t begun_before = begun_;
  const bool whole = run_batch(
      service, {.goes_on = [&](std::size_t index) { return begin_next(exploration.begin + index); },
                .left_out = [&](std::size_t index) { return is_left_to_others(trials[exploration.begin + index]); },
                .name = [&](std::size_t index) { return name_of(trials[exploration.begin + index]); },
                .request =
                    [&](std::size_t index) {
                      TrialRequest request = request_for(trials[exploration.begin + index].plan);
                      request.snapshot = result.survey.scenario.snapshots;
                      return request;
                    },
                .doubts =
                    [&](std::size_t index, const Evidence& evidence) {
                      const PlannedTrial& trial = trials[exploration.begin + index];
                      return judge_one(evidence, trial.known).verdict != Verdict::held;
                    },
                .enter =
                    [&](std::size_t index, const Evidence& evidence) {
                      const Judgement judgement = count(evidence, exploration.begin + index);
                      if (exploration.judged) exploration.judged(exploration.begin + index, evidence, judgement);
                    }});
  if (!whole) result.interrupted = true;
  // How many second faults all shards try together is not known here: the next step takes it that they are none.
  const bool of_second = exploration.begin < trials.size() && trials[exploration.begin].origin == Origin::second;
  if (of_second && !options.shard.is_whole()) begun_ = begun_before;
}

bool CampaignState::is_left_to_others(const PlannedTrial& trial) const {
  return trial.origin != Origin::second && !options.shard.owns(trial.nth);
}

Judgement CampaignState::judge_fault_free(const Evidence& evidence) const {
  return judge(evidence, result.survey.scenario.contract, result.baseline, options.own_invariants);
}

Judgement CampaignState::judge_with(const Evidence& evidence, const std::vector<KnownViolation>& known) const {
  if (known.empty()) return judge_fault_free(evidence);
  Baseline baseline = result.baseline;
  std::ranges::copy(known, std::back_inserter(baseline.known_violations));
  return judge(evidence, result.survey.scenario.contract, baseline, options.own_invariants);
}

Judgement CampaignState::judge_one(const Evidence& evidence, const std::vector<KnownViolation>& known) const {
  Judgement judgement = judge_with(evidence, known);
  // Of a trial of nothing but a schedule, too, only what other runs do not show counts.
  if (evidence.plan.faults.empty() && !is_fault_free(evidence.plan) && judgement.verdict == Verdict::violated) {
    std::vector<KnownViolation> all = result.baseline.known_violations;
    std::ranges::copy(known, std::back_inserter(all));
    remove_known(judgement.violations, all);
    if (judgement.violations.empty()) judgement.verdict = Verdict::held;
  }
  return judgement;
}

Judgement CampaignState::count(const Evidence& evidence, std::size_t trial) {
  Judgement judgement = judge_one(evidence, trials[trial].known);
  result.trials.count(judgement.verdict, evidence.all_faults_fired());
  if (evidence.harness_error) errors.insert(*evidence.harness_error);
  for (const FaultRecord& record : evidence.faults) {
    if (record.fired) places_.insert(place_of(record.fault.site));
  }
  count_faults(result.statistics, evidence, judgement.verdict, surveyed_);
  if (judgement.verdict == Verdict::held) held_.insert(evidence.plan.print());
  stop_if_changed_for_good(evidence);
  const std::vector<Finding> fresh = book.add(judgement, evidence, trial);
  if (!fresh.empty()) result.findings = book.findings();
  for (const Finding& finding : fresh) listener.found(finding);
  result.sites_tried = places_.size();
  listener.tried({.plan = trials[trial].plan, .known = trials[trial].known, .judgement = judgement});
  listener.progress(result);
  return judgement;
}

/// In a world that cannot undo everything, what a fault destroyed is missing in every later trial, which would then
/// show nothing of it.
void CampaignState::stop_if_changed_for_good(const Evidence& evidence) {
  for (const std::string& change : evidence.lasting_changes) {
    if (result.gave_up || lasting_.contains(change)) continue;
    result.gave_up = true;
    book.add_skip({"trials after " + evidence.plan.print(),
                   change + ", and stays so: they would not begin as it did, and none was made"});
  }
}

TrialRequest CampaignState::request_for(const FaultPlan& plan) const {
  TrialRequest request = common;
  request.plan = plan;
  if (several_makers_ && strikes_a_descendant(plan)) request.classes |= trespass_classes();
  return request;
}

TrialRequest CampaignState::close_look_at(const FaultPlan& plan) const {
  TrialRequest request = request_for(plan);
  request.classes = default_survey_classes();
  request.events = true;
  request.stacks = true;
  return request;
}

bool CampaignState::can_be_tried(const FaultPlan& plan) const {
  return result.survey.scenario.world == WorldKind::overlay || !fills_disk(plan);
}

void CampaignState::summarize() {
  result.findings = book.findings();
  result.notes = book.notes();
  result.skipped = book.skipped();
  result.harness_errors.assign(errors.begin(), errors.end());
  const std::uint64_t flaky = book.flaky_trials();
  result.trials.flaky = flaky;
  result.trials.violated -= std::min(result.trials.violated, flaky);
}

}  // namespace exitproof
