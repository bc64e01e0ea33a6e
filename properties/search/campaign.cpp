#include "exitproof/campaign.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "exitproof/invariant.hpp"
#include "properties/search/finding_book.hpp"
#include "properties/search/trial_template.hpp"

namespace exitproof {
namespace {

using Ticket = TrialService::Ticket;

constexpr unsigned attempts_per_trial = 2;

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
      explore();
      if (!result_.interrupted) replay();
    }
    summarize();
    return std::move(result_);
  }

 private:
  struct Trial {
    std::size_t plan = 0;
    unsigned attempt = 1;
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

  void judge_survey(const std::vector<Evidence>& runs, std::size_t index) {
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

  bool within_budget(std::size_t next_plan) const {
    if (next_plan >= plans_.size()) return false;
    if (options_.max_trials != 0 && next_plan >= options_.max_trials) return false;
    const Millis until = std::max(options_.time / 2, options_.time - replay_reserve());
    return elapsed() < until;
  }

  void explore() {
    std::map<Ticket, Trial> due;
    std::size_t next_plan = 0;
    Ticket ticket = 0;
    const auto submit = [&](const Trial& trial) {
      TrialRequest request = template_;
      request.plan = plans_[trial.plan];
      service_.submit(ticket, request);
      due.emplace(ticket++, trial);
    };
    while (true) {
      while (due.size() < service_.capacity() && within_budget(next_plan)) submit({.plan = next_plan++, .attempt = 1});
      if (due.empty()) return;
      const std::optional<TrialService::Answer> answer = service_.next();
      if (!answer) {
        result_.interrupted = true;
        return;
      }
      const Trial trial = due.at(answer->ticket);
      due.erase(answer->ticket);
      if (answer->evidence.harness_error && trial.attempt < attempts_per_trial) {
        submit({.plan = trial.plan, .attempt = trial.attempt + 1});
      } else {
        count(answer->evidence, trial.plan);
      }
    }
  }

  void count(const Evidence& evidence, std::size_t plan) {
    const Judgement judgement = judge_one(evidence);
    result_.trials.count(judgement.verdict);
    if (evidence.harness_error) errors_.insert(*evidence.harness_error);
    for (const FaultRecord& record : evidence.faults) {
      if (record.fired) places_.insert(place_of(record.fault.site));
    }
    const std::vector<Finding> fresh = book_.add(judgement, evidence, plan);
    if (!fresh.empty()) result_.findings = book_.findings();
    for (const Finding& finding : fresh) listener_.found(finding);
    result_.sites_tried = places_.size();
    listener_.progress(result_);
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
    TrialRequest request = template_;
    request.plan = book_.entry(replay.signature).candidates.at(replay.candidate).finding.plan;
    if (replay.rich) {
      request.classes = default_survey_classes();
      request.events = true;
      request.stacks = true;
    }
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
  FindingBook book_;
  TrialRequest template_;
  std::vector<FaultPlan> plans_;
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
