#include "exitproof/campaign.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "exitproof/invariant.hpp"
#include "properties/search/finding_book.hpp"
#include "properties/search/second_faults.hpp"
#include "properties/search/trial_template.hpp"

namespace exitproof {
namespace {

using Ticket = TrialService::Ticket;

constexpr unsigned attempts_per_trial = 2;

/// Of so many second faults that may be tried, one first fault is looked at closely.
constexpr std::uint64_t second_plans_for_a_look = 4;

/// The site as the catalog knows it: without what a fault adds to it.
std::string place_of(Site site) {
  site.after = false;
  if (std::holds_alternative<QuietPoint>(site.point)) site.process.reset();
  return site.print();
}

/// Whether the plan's fault goes to the root, or to the terminal or the tree that it is part of.
bool strikes_root(const FaultPlan& plan) {
  const Fault& fault = plan.faults.back();
  const auto* process = fault.site.process ? std::get_if<ProcessPath>(&*fault.site.process) : nullptr;
  const bool has_one_target =
      fault.action == Action::kill || fault.action == Action::signal || fault.action == Action::pause;
  return !has_one_target || process == nullptr || process->process().is_root();
}

/// Only a world of its own has a disk that can be made full; the trials of others say that.
bool fills_disk(const FaultPlan& plan) {
  return std::any_of(plan.faults.begin(), plan.faults.end(),
                     [](const Fault& fault) { return fault.action == Action::full; });
}

class Campaign {
 public:
  Campaign(TrialService& service, const SearchOptions& options, CampaignListener& listener)
      : service_(service), options_(options), listener_(listener) {}

  CampaignResult run(const Scenario& scenario) {
    result_.seed = options_.seed;
    if (survey(scenario) && !stops_after_survey()) {
      started_ = options_.now();
      explore(0);
      if (options_.second_plans != 0 && !result_.interrupted) strike_twice();
      if (!result_.interrupted && !machine_changed_) replay();
    }
    summarize();
    return std::move(result_);
  }

 private:
  struct Trial {
    std::size_t index = 0;
    unsigned attempt = 1;
  };

  /// Trials that are asked for one after the other, as many at one time as the service can.
  struct Batch {
    std::function<bool(std::size_t)> goes_on;  ///< whether the index-th is to be begun
    std::function<TrialRequest(std::size_t)> request;
    std::function<void(std::size_t, const Evidence&)> enter;
  };

  /// A plan of one fault after which the subject had something to do.
  struct FirstFault {
    std::size_t plan = 0;
    std::string reaction;
    std::vector<std::string> violations;  ///< that it shows by itself
  };

  struct Replay {
    std::string signature;
    std::size_t candidate = 0;
    bool rich = false;
  };

  bool survey(const Scenario& scenario) {
    result_.survey = take_survey(service_, scenario,
                                 {.runs = 3,
                                  .sites = true,
                                  .next_runs = !options_.survey_only,
                                  .two_runs_from = {},
                                  .after_first_run = options_.after_first_run});
    result_.interrupted = result_.survey.interrupted;
    const auto& runs = result_.survey.runs;
    if (result_.survey.refusal || runs.empty()) return false;
    result_.catalog = make_catalog(runs, options_.seed);
    result_.baseline = make_baseline(runs, result_.survey.scenario);
    template_ = trial_template(runs, result_.baseline);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      listener_.keep("survey-" + std::to_string(i + 1), runs[i]);
      judge_survey(runs, i);
    }
    say_unseen_modules();
    plans_ = enumerate_plans(result_.catalog, faults());
    if (result_.survey.scenario.world != WorldKind::overlay) std::erase_if(plans_, fills_disk);
    // A root that outlasts the survey outlasts a trial too, unless it is struck itself.
    if (!result_.baseline.ended) std::stable_partition(plans_.begin(), plans_.end(), strikes_root);
    result_.trials.planned = plans_.size();
    summarize();
    listener_.surveyed(result_);
    for (const Finding& finding : result_.findings) listener_.found(finding);
    return !result_.interrupted;
  }

  EnumerateOptions faults() {
    EnumerateOptions faults = options_.faults;
    const auto is_told = [](const Evidence& run) { return !run.agents.empty(); };
    if (options_.exceptions_where_told && std::ranges::any_of(result_.survey.runs, is_told)) {
      faults.kinds.set(static_cast<std::size_t>(FaultKind::exception));
    }
    return faults;
  }

  /// A misspelt module would pass for one in which nothing can go wrong.
  void say_unseen_modules() {
    for (const std::string& module : result_.survey.scenario.inside) {
      const bool seen = std::ranges::any_of(result_.survey.runs.front().sites, [&](const SiteRecord& site) {
        const auto* line = std::get_if<LinePoint>(&site.site.point);
        const auto* call = std::get_if<CallEventPoint>(&site.site.point);
        const std::string name = line != nullptr ? line->module : call != nullptr ? call->module : std::string();
        return name == module || name.starts_with(module + ".");
      });
      if (!seen) book_.add_skip({"exceptions", "the fault-free runs ran no line of --inside " + module});
    }
  }

  void judge_survey(const std::vector<Evidence>& runs, std::size_t index) {
    std::ranges::copy_if(runs[index].skipped, std::inserter(lasting_, lasting_.end()), says_lasting_change);
    const Judgement judgement = judge_one(runs[index]);
    for (const Finding& finding : book_.add(judgement, runs[index], index)) {
      for (std::size_t i = 0; i < runs.size(); ++i) {
        book_.add_replay(finding.signature, 0, judge_one(runs[i]), runs[i], false);
      }
    }
  }

  Judgement judge_one(const Evidence& evidence) const {
    return judge(evidence, result_.survey.scenario.contract, result_.baseline);
  }

  bool stops_after_survey() const { return options_.survey_only || (options_.strict && !book_.empty()); }

  Millis elapsed() const { return std::chrono::duration_cast<Millis>(options_.now() - started_); }

  /// What the replays of the findings will take, by what their trials took.
  Millis replay_reserve() const {
    Micros sum{0};
    for (const auto& [name, entry] : book_.entries()) {
      if (entry.candidates.front().finding.kind != FaultKind::none) sum += entry.candidates.front().took;
    }
    return std::chrono::duration_cast<Millis>(sum * options_.replays / std::max(service_.capacity(), 1U));
  }

  bool has_time() const { return elapsed() < std::max(options_.time / 2, options_.time - replay_reserve()); }

  bool within_budget(std::size_t plan) const {
    if (plan >= plans_.size() || machine_changed_) return false;
    if (options_.max_trials != 0 && plan >= options_.max_trials) return false;
    const bool leaves_time = options_.second_plans == 0 || is_second(plan);
    return leaves_time ? has_time() : elapsed() < options_.time / 2;
  }

  void run_batch(const Batch& batch) {
    std::map<Ticket, Trial> due;
    std::size_t next = 0;
    Ticket ticket = 0;
    const auto submit = [&](const Trial& trial) {
      service_.submit(ticket, batch.request(trial.index));
      due.emplace(ticket++, trial);
    };
    while (true) {
      while (due.size() < service_.capacity() && batch.goes_on(next)) submit({.index = next++, .attempt = 1});
      if (due.empty()) return;
      const std::optional<TrialService::Answer> answer = service_.next();
      if (!answer) {
        result_.interrupted = true;
        return;
      }
      const Trial trial = due.at(answer->ticket);
      due.erase(answer->ticket);
      if (answer->evidence.harness_error && trial.attempt < attempts_per_trial) {
        submit({.index = trial.index, .attempt = trial.attempt + 1});
      } else {
        batch.enter(trial.index, answer->evidence);
      }
    }
  }

  /// Tries the plans from this one on.
  void explore(std::size_t begin) {
    run_batch({.goes_on = [&](std::size_t index) { return within_budget(begin + index); },
               .request = [&](std::size_t index) { return request_for(plans_[begin + index], false); },
               .enter = [&](std::size_t index, const Evidence& evidence) { count(evidence, begin + index); }});
  }

  bool is_second(std::size_t plan) const { return plans_[plan].faults.size() > 1; }

  /// Looks closely at what the subject does after first faults, and strikes it there once more.
  void strike_twice() {
    one_of_each_reaction_first();
    SecondFaults& second = result_.second.emplace();
    second.reactions = firsts_.size();
    std::vector<std::vector<SecondPlan>> found(firsts_.size());
    const std::uint64_t looks = std::max(options_.second_plans / second_plans_for_a_look, std::uint64_t{1});
    run_batch({.goes_on = [&](std::size_t index) { return index < firsts_.size() && index < looks && has_time(); },
               .request = [&](std::size_t index) { return request_for_sites(plans_[firsts_[index].plan]); },
               .enter = [&](std::size_t index, const Evidence& evidence) { found[index] = follow(index, evidence); }});
    if (result_.interrupted) return;
    std::vector<SecondPlan> all;
    for (std::vector<SecondPlan>& plans : found) std::ranges::move(plans, std::back_inserter(all));
    second.plans = all.size();
    const std::size_t begin = plans_.size();
    for (SecondPlan& chosen : choose_second_plans(std::move(all), options_.second_plans, options_.seed)) {
      first_of_.emplace(plans_.size(), chosen.first);
      plans_.push_back(std::move(chosen.plan));
    }
    second.planned = plans_.size() - begin;
    result_.trials.planned = plans_.size();
    explore(begin);
  }

  // In the order of the plans, whatever order the answers came in.
  void one_of_each_reaction_first() {
    std::ranges::sort(firsts_, {}, &FirstFault::plan);
    std::set<std::string> seen;
    std::stable_partition(firsts_.begin(), firsts_.end(),
                          [&](const FirstFault& first) { return seen.insert(first.reaction).second; });
  }

  std::vector<SecondPlan> follow(std::size_t index, const Evidence& evidence) {
    if (evidence.harness_error) errors_.insert(*evidence.harness_error);
    if (!goes_on_after_fault(evidence)) return {};
    ++result_.second->followed;
    const EnumerateOptions options{.kinds = second_fault_kinds(), .target = options_.faults.target};
    std::vector<SecondPlan> plans = second_plans(evidence, result_.survey.runs, options, options_.seed);
    if (result_.survey.scenario.world != WorldKind::overlay) {
      std::erase_if(plans, [](const SecondPlan& one) { return fills_disk(one.plan); });
    }
    for (SecondPlan& plan : plans) plan.first = index;
    return plans;
  }

  /// What a first fault shows by itself is no finding of the second.
  Judgement judge_trial(const Evidence& evidence, std::size_t plan) const {
    const auto first = first_of_.find(plan);
    if (first == first_of_.end()) return judge_one(evidence);
    Baseline baseline = result_.baseline;
    std::ranges::copy(firsts_[first->second].violations, std::back_inserter(baseline.known_violations));
    return judge(evidence, result_.survey.scenario.contract, baseline);
  }

  void remember_first(const Evidence& evidence, const Judgement& judgement, std::size_t plan) {
    if (options_.second_plans == 0 || is_second(plan) || !goes_on_after_fault(evidence)) return;
    FirstFault first{.plan = plan, .reaction = reaction_of(evidence), .violations = {}};
    for (const Violation& violation : judgement.violations) first.violations.push_back(known_signature(violation));
    firsts_.push_back(std::move(first));
  }

  void count(const Evidence& evidence, std::size_t plan) {
    const Judgement judgement = judge_trial(evidence, plan);
    result_.trials.count(judgement.verdict);
    remember_first(evidence, judgement, plan);
    if (result_.second) ++result_.second->tried;
    if (evidence.harness_error) errors_.insert(*evidence.harness_error);
    for (const FaultRecord& record : evidence.faults) {
      if (record.fired) places_.insert(place_of(record.fault.site));
    }
    stop_if_changed_for_good(evidence);
    const std::vector<Finding> fresh = book_.add(judgement, evidence, plan);
    if (!fresh.empty()) result_.findings = book_.findings();
    for (const Finding& finding : fresh) listener_.found(finding);
    result_.sites_tried = places_.size();
    listener_.progress(result_);
  }

  /// In a world that cannot undo everything, what a fault destroyed is missing in every later trial, which would then
  /// show nothing of it.
  void stop_if_changed_for_good(const Evidence& evidence) {
    for (const std::string& text : evidence.skipped) {
      if (machine_changed_ || !says_lasting_change(text) || lasting_.contains(text)) continue;
      machine_changed_ = true;
      book_.add_skip({"trials after " + evidence.plan.print(), text + ", so that they would not begin as it did"});
    }
  }

  /// Replays every finding; one that does not show every time is replayed by its next plan too,
  /// as long as there is time.
  void replay() {
    for (const auto& [name, entry] : book_.entries()) {
      if (entry.candidates.front().finding.kind != FaultKind::none) queue_replays(name, 0);
    }
    Ticket ticket = 0;
    std::map<Ticket, Replay> due;
    while (true) {
      while (due.size() < service_.capacity() && !replays_.empty()) {
        const Replay next = replays_.front();
        replays_.pop_front();
        service_.submit(ticket, replay_request(next));
        due.emplace(ticket++, next);
      }
      if (due.empty()) return;
      const std::optional<TrialService::Answer> answer = service_.next();
      if (!answer) {
        result_.interrupted = true;
        return;
      }
      const Replay done = due.at(answer->ticket);
      due.erase(answer->ticket);
      enter_replay(done, answer->evidence);
    }
  }

  TrialRequest replay_request(const Replay& replay) const {
    return request_for(book_.entry(replay.signature).candidates.at(replay.candidate).finding.plan, replay.rich);
  }

  TrialRequest request_for(const FaultPlan& plan, bool rich) const {
    TrialRequest request = template_;
    request.plan = plan;
    if (rich) {
      request.classes = default_survey_classes();
      request.events = true;
      request.stacks = true;
    }
    return request;
  }

  TrialRequest request_for_sites(const FaultPlan& plan) const {
    TrialRequest request = request_for(plan, true);
    request.sites = true;
    return request;
  }

  void queue_replays(const std::string& name, std::size_t candidate) {
    for (unsigned i = 0; i < options_.replays; ++i) replays_.push_back({name, candidate, i == 0});
    outstanding_[name] = options_.replays;
  }

  void enter_replay(const Replay& replay, const Evidence& evidence) {
    if (evidence.harness_error) {
      errors_.insert(*evidence.harness_error);
    } else {
      book_.add_replay(replay.signature, replay.candidate, judge_one(evidence), evidence, replay.rich);
    }
    const FindingBook::Entry& entry = book_.entry(replay.signature);
    const Finding& finding = entry.candidates.at(replay.candidate).finding;
    if (replay.rich) listener_.keep(finding.violation.invariant + '.' + finding.plan.print(), evidence);
    if (--outstanding_[replay.signature] == 0) {
      const std::size_t next = replay.candidate + 1;
      if (finding.flaky() && next < entry.candidates.size() && elapsed() < options_.time) {
        queue_replays(replay.signature, next);
      }
      book_.choose_best(replay.signature);
    }
    listener_.progress(result_);
  }

  void summarize() {
    result_.findings = book_.findings();
    result_.notes = book_.notes();
    result_.skipped = book_.skipped();
    result_.harness_errors.assign(errors_.begin(), errors_.end());
    const std::uint64_t flaky = book_.flaky_trials();
    result_.trials.flaky = flaky;
    result_.trials.violated -= std::min(result_.trials.violated, flaky);
  }

  TrialService& service_;
  const SearchOptions& options_;
  CampaignListener& listener_;
  CampaignResult result_;
  std::set<std::string> lasting_;  ///< what fault-free runs change for good
  bool machine_changed_ = false;   ///< by a fault, for good
  FindingBook book_;
  TrialRequest template_;
  std::vector<FaultPlan> plans_;
  std::vector<FirstFault> firsts_;
  std::map<std::size_t, std::size_t> first_of_;  ///< of a plan of two faults: its place in firsts_
  std::set<std::string> places_;
  std::set<std::string> errors_;
  std::deque<Replay> replays_;
  std::map<std::string, unsigned> outstanding_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace

CampaignResult run_campaign(TrialService& service, const Scenario& scenario, const SearchOptions& options,
                            CampaignListener& listener) {
  return Campaign(service, options, listener).run(scenario);
}

}  // namespace exitproof
