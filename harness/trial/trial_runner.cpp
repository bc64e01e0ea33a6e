#include <optional>
#include <stdexcept>

#include "exitproof/evidence_json.hpp"
#include "harness/trial/snapshot_trials.hpp"
#include "harness/trial/tracer_process.hpp"
#include "harness/trial/trial.hpp"
#include "harness/trial/trusted_copies.hpp"

namespace exitproof {

class TrialRunner::Impl {
 public:
  explicit Impl(const Scenario& scenario)
      : scenario_(scenario),
        tracer_(scenario, Beginning::start),
        why_no_copies_(why_no_copies(scenario)),
        copies_([this](const TrialRequest& request) { return run_from_start(request); },
                [this](const TrialRequest& request) { return run_copy(request); }) {}

  Evidence run(const TrialRequest& request) {
    if (!scenario_.snapshots || !request.snapshot) {
      return run_from_start(request);
    }
    const std::string why_not = request.plan.schedule ? "a schedule is kept from the start on" : why_no_copies_;
    if (!why_not.empty()) {
      Evidence evidence = run_from_start(request);
      evidence.skipped.push_back("snapshots: " + why_not);
      return evidence;
    }
    return may_begin_with_copy(request) ? copies_.run(request) : run_from_start(request);
  }

 private:
  Evidence run_from_start(const TrialRequest& request) {
    const auto answer = tracer_.ask(request);
    if (answer && answer->starts_with('{')) {
      return evidence_from_json(*answer);
    }
    Evidence evidence;
    evidence.plan = request.plan;
    evidence.harness_error = answer ? *answer : "the tracer ended in the middle of a trial";
    return evidence;
  }

  TrustedCopies::Attempt run_copy(const TrialRequest& request) {
    try {
      if (!snapshots_) {
        snapshots_.emplace(scenario_, Beginning::snapshot);
      }
    } catch (const std::runtime_error& error) {
      return {.evidence = {}, .why_never = error.what()};
    }
    const auto answer = snapshots_->ask(request);
    if (answer && answer->starts_with('{')) {
      return {.evidence = evidence_from_json(*answer), .why_never = {}};
    }
    return {.evidence = {}, .why_never = answer ? *answer : "the tracer of copies ended in the middle of a trial"};
  }

  Scenario scenario_;
  TracerProcess tracer_;
  std::optional<TracerProcess> snapshots_;  ///< a world of its own, so that a template stays while others start anew
  std::string why_no_copies_;
  TrustedCopies copies_;
};

TrialRunner::TrialRunner(const Scenario& scenario) : impl_(std::make_unique<Impl>(scenario)) {}

TrialRunner::~TrialRunner() = default;

Evidence TrialRunner::run(const TrialRequest& request) {
  return impl_->run(request);
}

}  // namespace exitproof
