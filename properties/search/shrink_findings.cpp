#include "properties/search/shrink_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "properties/search/simpler_plans.hpp"
#include "properties/search/trial_batch.hpp"

namespace exitproof {
namespace {

/// How often a simpler plan must show the finding, and never not, before it takes the place of the other.
constexpr unsigned times_in_a_row = 2;
/// The same of a plan without its schedule: the kernel may show a race by chance, and more than once.
constexpr unsigned times_without_schedule = 5;

/// Makes the plan of one finding simpler.
class Shrinking {
 public:
  Shrinking(CampaignState& state, std::string signature) : state_(state), signature_(std::move(signature)) {}

  void run() {
    simplest_ = state_.book.entry(signature_).candidates.front().finding.plan;
    name_ = fmt::format("simpler than {} for {}", simplest_.print(), signature_);
    const Violation first = state_.book.entry(signature_).candidates.front().finding.violation;
    while (std::optional<Shown> simpler = first_that_shows(first)) {
      simplest_ = simpler->evidence.plan;
      shown_ = std::move(simpler);
    }
    drop_schedule(first);
    if (shown_) state_.book.put_simpler(signature_, shown_->violation, shown_->evidence);
  }

 private:
  struct Shown {
    Violation violation;
    Evidence evidence;
  };

  bool may_run(std::size_t more) const {
    const bool has_time = state_.elapsed() < state_.options.time;
    if (!has_time) state_.result.out_of_time = true;
    return runs_ + more < most_runs() && has_time && !state_.ended_early();
  }

  /// A shard does not know which of the simpler plans held where others tried them, and runs these too.
  unsigned most_runs() const { return state_.options.shrink_runs * (state_.options.shard.is_whole() ? 1 : 2); }

  /// One run of each simpler plan, in their order, until one shows the finding, and does again.
  std::optional<Shown> first_that_shows(const Violation& violation) {
    std::vector<FaultPlan> plans = simpler_plans(simplest_, state_.result.catalog);
    std::erase_if(plans, [&](const FaultPlan& plan) { return refused_.contains(plan.print()) || state_.held(plan); });
    std::size_t next = 0;
    while (next < plans.size()) {
      std::optional<Shown> shown;
      std::size_t at = next;
      run(plans, next, [&](std::size_t index, const Evidence& evidence) {
        at = index;
        shown = what_it_shows(evidence, violation);
        return shown.has_value();
      });
      if (!shown) return std::nullopt;
      if (shows_again(plans[at], violation)) return shown;
      refused_.insert(plans[at].print());
      next = at + 1;
    }
    return std::nullopt;
  }

  bool shows_again(const FaultPlan& plan, const Violation& violation) {
    return shown_each_time(plan, times_in_a_row - 1, violation).has_value();
  }

  /// What the last of so many runs shows, when all of them show it.
  std::optional<Shown> shown_each_time(const FaultPlan& plan, unsigned times, const Violation& violation) {
    const std::vector<FaultPlan> again(times, plan);
    unsigned same = 0;
    std::optional<Shown> shown;
    run(again, 0, [&](std::size_t, const Evidence& evidence) {
      shown = what_it_shows(evidence, violation);
      if (shown) ++same;
      return !shown;
    });
    return same == times ? std::move(shown) : std::nullopt;
  }

  /// Last of all: before it everything is decided under the schedule, the same in each campaign, and what is decided
  /// here may be chance. It changes nothing but the schedule.
  void drop_schedule(const Violation& violation) {
    if (!simplest_.schedule) return;
    FaultPlan free = simplest_;
    free.schedule.reset();
    if (state_.held(free)) return;
    std::optional<Shown> shown = shown_each_time(free, times_without_schedule, violation);
    if (!shown) return;
    simplest_ = std::move(free);
    shown_ = std::move(shown);
  }

  /// Runs the plans from this one on, in their order, until one is `enough`, or there may be no more runs.
  template <typename Enough>
  void run(const std::vector<FaultPlan>& plans, std::size_t begin, Enough enough) {
    bool over = false;
    unsigned entered = 0;
    ++batches_;
    const bool whole = run_batch(
        state_.service,
        {.goes_on = [&](std::size_t index) { return !over && begin + index < plans.size() && may_run(index); },
         .name =
             [&](std::size_t index) {
               return fmt::format("{}, try {}: {}", name_, batches_, plans[begin + index].print());
             },
         .request = [&](std::size_t index) { return state_.request_for(plans[begin + index]); },
         .enter =
             [&](std::size_t index, const Evidence& evidence) {
               if (over) return;
               ++entered;
               over = enough(begin + index, evidence);
               if (!over) refused_.insert(plans[begin + index].print());
               state_.listener.shrinking(simplest_, runs_ + entered, most_runs());
             }});
    if (!whole) state_.result.interrupted = true;
    runs_ += entered;
    state_.result.statistics.shrink_runs += entered;
  }

  std::optional<Shown> what_it_shows(const Evidence& evidence, const Violation& first) const {
    if (evidence.harness_error || !evidence.all_faults_fired()) return std::nullopt;
    const Judgement judgement = state_.judge_one(evidence);
    const Violation* again = shown_again(judgement, first);
    if (again == nullptr) return std::nullopt;
    return Shown{*again, evidence};
  }

  CampaignState& state_;
  std::string signature_;
  std::string name_;  ///< for the service
  FaultPlan simplest_;
  std::optional<Shown> shown_;
  std::set<std::string> refused_;
  unsigned runs_ = 0;
  unsigned batches_ = 0;
};

bool may_be_simpler(const CampaignState& state, const FindingBook::Candidate& candidate) {
  if (is_fault_free(candidate.finding.plan)) return false;
  return state.trials.at(candidate.plan_index).origin == Origin::random || candidate.finding.plan.schedule;
}

}  // namespace

void shrink_findings(CampaignState& state) {
  std::vector<std::pair<std::size_t, std::string>> findings;
  for (const auto& [name, entry] : state.book.entries()) {
    const FindingBook::Candidate& first = entry.candidates.front();
    if (may_be_simpler(state, first)) findings.emplace_back(first.plan_index, name);
  }
  std::ranges::sort(findings);
  for (const auto& [plan_index, name] : findings) {
    if (state.book.has(name)) Shrinking(state, name).run();
  }
}

}  // namespace exitproof
