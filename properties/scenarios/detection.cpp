#include "properties/scenarios/detection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "exitproof/invariant.hpp"
#include "exitproof/seed.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"

namespace exitproof {
namespace {

using Clock = std::chrono::steady_clock;

Millis since(Clock::time_point start) {
  return std::chrono::duration_cast<Millis>(Clock::now() - start);
}

/// Counts the runs of a service, and ends the search when somebody has seen enough.
class StoppableService : public TrialService {
 public:
  explicit StoppableService(TrialService& service) : service_(service) {}

  unsigned capacity() const override { return service_.capacity(); }
  void set_scenario(const Scenario& scenario) override { service_.set_scenario(scenario); }
  void submit(Ticket ticket, const TrialRequest& request) override {
    ++due_;
    service_.submit(ticket, request);
  }
  std::optional<Answer> next() override {
    if (stopped) return std::nullopt;
    std::optional<Answer> answer = service_.next();
    if (answer) {
      --due_;
      ++runs;
    }
    return answer;
  }
  /// Waits for what was submitted, so that the service can be used again.
  void drain() {
    while (due_ > 0 && service_.next()) --due_;
  }

  bool stopped = false;
  std::uint64_t runs = 0;

 private:
  TrialService& service_;
  std::size_t due_ = 0;
};

class Watcher : public CampaignListener {
 public:
  Watcher(StoppableService& service, const Defect& defect) : service_(service), defect_(defect) {}

  void found(const Finding& finding) override {
    if (finding.violation.invariant != defect_.invariant) {
      others.insert(finding.violation.invariant);
      return;
    }
    if (!service_.stopped) plan = finding.plan;
    service_.stopped = true;
  }

  FaultPlan plan;
  std::set<std::string> others;

 private:
  StoppableService& service_;
  const Defect& defect_;
};

/// Where the clock of the naive way begins: the first site of the root, and when a fault-free run passed it.
struct Anchor {
  Site site;
  Micros at{0};
};

std::optional<Anchor> anchor_of(const Evidence& run) {
  for (const Event& event : run.events) {
    if (event.site && event.site->exact() && event.who.is_root() &&
        std::holds_alternative<CallPoint>(event.site->point))
      return Anchor{*event.site, event.at};
  }
  return std::nullopt;
}

/// Of the kinds that are tried, those that a person with kill(1) has.
std::vector<int> signals_of(const FaultKinds& faults) {
  std::vector<int> signals;
  if (faults.test(static_cast<std::size_t>(FaultKind::kill))) signals.push_back(SIGKILL);
  if (faults.test(static_cast<std::size_t>(FaultKind::signals))) signals.insert(signals.end(), {SIGINT, SIGTERM});
  return signals;
}

FaultPlan drawn_moment(const Anchor& anchor, Micros span, const std::vector<int>& signals, std::uint64_t seed) {
  const int signal = signals.at(draw_below(split_seed(seed, "signal"), signals.size()));
  Fault fault;
  fault.action = signal == SIGKILL ? Action::kill : Action::signal;
  fault.signal = signal == SIGKILL ? 0 : signal;
  fault.site = anchor.site;
  const auto bound = static_cast<std::uint64_t>(std::max<Millis::rep>(span / Millis{1}, 1));
  fault.site.delay = Millis{static_cast<Millis::rep>(draw_below(split_seed(seed, "moment"), bound))};
  return {.faults = {fault}, .schedule = std::nullopt};
}

}  // namespace

Detection detect(TrialService& service, const Defect& defect, const FaultKinds& faults, const DetectionLimits& limits) {
  SearchOptions options;
  options.faults.kinds = faults;
  options.seed = limits.seed;
  options.max_trials = defect.seconds ? 3 * limits.runs : limits.runs;  // three ways to search share them
  options.time = limits.time;
  if (defect.seconds) {
    options.second_plans = limits.runs;
    options.explore = Explore::both;
    options.most_faults = 2;
    if (defect.faults) options.second_kinds = faults;
  }
  StoppableService stoppable(service);
  Watcher watcher(stoppable, defect);
  const Clock::time_point start = Clock::now();
  run_campaign(stoppable, defect.scenario, options, watcher);
  Detection detection{.found = stoppable.stopped,
                      .runs = stoppable.runs,
                      .took = since(start),
                      .plan = stoppable.stopped ? watcher.plan.print() : std::string(),
                      .others = watcher.others};
  stoppable.drain();
  return detection;
}

ByChance detect_naively(TrialService& service, const Defect& defect, const FaultKinds& faults,
                        const DetectionLimits& limits) {
  ByChance chance;
  SurveyedScenario scenario(service, defect.scenario, limits.seed);
  // Who has no fault-free runs to compare with sees in any run what all of them violate.
  Baseline baseline = scenario.baseline();
  baseline.known_violations.clear();
  const Evidence& clean = scenario.survey().runs.front();
  const std::optional<Anchor> anchor = anchor_of(clean);
  const std::vector<int> signals = signals_of(faults);
  const Clock::time_point start = Clock::now();
  while (anchor && chance.hits < limits.hits && chance.runs < limits.runs && since(start) < limits.time) {
    const FaultPlan plan = drawn_moment(*anchor, clean.root_ended_at - anchor->at, signals,
                                        split_seed(limits.seed, fmt::format("naive {}", chance.runs)));
    ++chance.runs;
    if (is_violated(judge(scenario.run(plan), scenario.contract(), baseline), defect.invariant)) ++chance.hits;
  }
  chance.took = since(start);
  return chance;
}

}  // namespace exitproof
