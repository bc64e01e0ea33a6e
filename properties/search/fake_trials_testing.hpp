#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "exitproof/trial_service.hpp"

namespace exitproof::testing {

/// Answers trials by a function, in the order of submission, without a process.
class FakeTrials : public TrialService {
 public:
  using Subject = std::function<Evidence(const TrialRequest&)>;

  explicit FakeTrials(Subject subject, unsigned workers = 2) : subject_(std::move(subject)), workers_(workers) {}

  unsigned capacity() const override { return workers_; }
  void set_scenario(const Scenario& scenario) override { scenarios.push_back(scenario); }
  void submit(Ticket ticket, const TrialRequest& request) override {
    requests.push_back(request);
    answers_.push_back({ticket, subject_(request)});
  }
  std::optional<Answer> next() override {
    if (answers_.empty() || interrupt_after-- == 0) return std::nullopt;
    Answer answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  /// The trials with a fault, as they were asked for.
  std::vector<std::string> plans() const;

  std::vector<Scenario> scenarios;
  std::vector<TrialRequest> requests;
  int interrupt_after = -1;  ///< answers until the search is ended; negative: never

 private:
  Subject subject_;
  unsigned workers_;
  std::deque<Answer> answers_;
};

/// A site of the main thread of a process, with a stack of its own.
SiteRecord call_site(const std::string& site, const std::string& call, std::uint64_t stack_key,
                     const std::string& object = {});
SiteRecord quiet_site(std::uint64_t nth, const std::vector<std::string>& alive);

/// Evidence of a run without a fault that ends by itself: a root `prog`, in which an
/// agent is active, and its child `child`.
Evidence clean_run(std::vector<SiteRecord> sites);

/// The run, with a next run that exits with 0 and leaves the same.
Evidence run_twice(Evidence run);

/// Evidence of a trial whose faults have fired and ended the root, with nothing left behind.
Evidence struck_run(const FaultPlan& plan);

/// The same, with the child alive after the grace.
Evidence orphaning_run(const FaultPlan& plan);

/// The same as struck_run, but the faults have not fired.
Evidence missed_run(const FaultPlan& plan);

/// A call of openat(2) as an event log has it.
Event opens(const std::string& who, const std::string& path);

/// Evidence of nothing but its event log.
Evidence run_of(const std::vector<Event>& events);

}  // namespace exitproof::testing
