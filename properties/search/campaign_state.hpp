#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "exitproof/campaign.hpp"
#include "exitproof/invariant.hpp"
#include "properties/search/finding_book.hpp"
#include "properties/search/place.hpp"

namespace exitproof {

/// Which step of a campaign a plan comes from.
enum class Origin : std::uint8_t { regression, exhaustive, second, random };

struct PlannedTrial {
  FaultPlan plan;
  Origin origin = Origin::exhaustive;
  std::size_t nth = 0;                     ///< among those of its origin, from 0
  std::vector<KnownViolation> known = {};  ///< what its first fault shows by itself: no finding of the plan
};

/// What the steps of a campaign share: the plans in the order of trial, what they showed, and how much may still be
/// tried. The steps are the functions of try_regressions.hpp, strike_twice.hpp, random_search.hpp, shrink_findings.hpp
/// and replay_findings.hpp.
class CampaignState {
 public:
  CampaignState(TrialService& trial_service, const SearchOptions& search_options, CampaignListener& campaign_listener)
      : service(trial_service), options(search_options), listener(campaign_listener) {}

  TrialService& service;
  const SearchOptions& options;
  CampaignListener& listener;
  CampaignResult result;
  FindingBook book;
  TrialRequest common;               ///< what every trial asks for
  std::vector<PlannedTrial> trials;  ///< in the order of trial
  std::set<std::string> errors;      ///< of the harness

  /// The fault-free runs and what follows from them. False when nothing can be tried.
  bool survey(const Scenario& scenario);

  /// The kinds and targets of this campaign: those asked for, and exceptions where an agent is active.
  EnumerateOptions faults() const;

  /// From here on the time is counted.
  void start_clock() { started_ = options.now(); }
  Millis elapsed() const { return std::chrono::duration_cast<Millis>(options.now() - started_); }

  /// Shares out what is left of the time and of the trials: of `steps` steps that are still to come, this one has an
  /// equal part.
  void begin_step(std::size_t steps);
  /// Whether this step may begin one more trial, of which there is one: when only the time forbids it, the result
  /// says so.
  bool may_try_more();
  /// Whether it has time, however many trials it has had.
  bool has_time() const;
  bool ended_early() const { return result.interrupted || result.gave_up; }

  /// Appends a plan, whether such a one is there already or not. Where schedules are drawn and it has none, it gets
  /// one by what it is, be it planned among many or few.
  void plan(FaultPlan plan, Origin origin, std::vector<KnownViolation> known = {});
  /// The same, unless such a plan is there already; whether it was planned.
  bool plan_once(FaultPlan plan, Origin origin);
  /// By which a service knows the trial (TrialService::announce()): whatever else is tried, it has this name.
  static std::string name_of(const PlannedTrial& trial);
  /// Whether that plan was tried and showed no violation at all.
  bool held(const FaultPlan& plan) const { return held_.contains(plan.print()); }
  /// Tries the plans from `begin` on up to `end`, as far as this step may go. `more` may plan another when all are
  /// begun, and says whether it did; `judged` hears of each trial.
  struct Exploration {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::function<bool()> more = {};
    std::function<void(std::size_t, const Evidence&, const Judgement&)> judged = {};
  };
  void explore(const Exploration& exploration);

  Judgement judge_one(const Evidence& evidence, const std::vector<KnownViolation>& known = {}) const;
  TrialRequest request_for(const FaultPlan& plan) const;
  /// The same with events, stacks and what a survey traces.
  TrialRequest close_look_at(const FaultPlan& plan) const;
  /// Only a world of its own has a disk that can be made full; the trials of others say that.
  bool can_be_tried(const FaultPlan& plan) const;

  /// Brings the result up to date.
  void summarize();

 private:
  std::uint64_t schedule_for(const PlannedTrial& trial) const;
  void judge_survey(const std::vector<Evidence>& runs, std::size_t index);
  void say_unseen_modules();
  Judgement judge_fault_free(const Evidence& evidence) const;
  Judgement judge_with(const Evidence& evidence, const std::vector<KnownViolation>& known) const;
  bool is_left_to_others(const PlannedTrial& trial) const;
  Judgement count(const Evidence& evidence, std::size_t trial);
  void stop_if_changed_for_good(const Evidence& evidence);
  Millis replay_reserve() const;

  std::set<std::string> lasting_;  ///< what fault-free runs change for good
  std::set<std::string> places_;
  std::set<std::string> planned_;
  std::map<Origin, std::size_t> planned_of_;
  std::set<std::string> held_;
  SurveyedPlaces surveyed_;
  bool several_makers_ = false;  ///< of files, among the processes of a fault-free run
  std::chrono::steady_clock::time_point started_;
  Millis until_{0};               ///< of this step
  std::size_t trials_until_ = 0;  ///< 0: as many as the time allows
  std::size_t begun_ = 0;
};

}  // namespace exitproof
