#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/trial/leader.hpp"
#include "harness/trial/phases.hpp"
#include "harness/trial/streams.hpp"
#include "harness/trial/tracer/context.hpp"
#include "harness/trial/world/world.hpp"

namespace exitproof {

/// Whether the trial left what a next run might stumble over. Another command than the first may stumble over nothing,
/// too: where the contract names one, it is always wanted.
bool wants_next_run(const Evidence& evidence, const TrialRequest& request, const Contract& contract);

/// What is run again, and what is asked of it.
Scenario next_scenario(const Scenario& scenario);
TrialRequest next_request(const TrialRequest& request);
/// How long it may take.
Millis limit_of_next_run(const Scenario& scenario, const TrialRequest& request);
/// ": flock waits in flock of ...", or nothing: why one does not end.
std::string what_it_waits_for(const Tree& tree);

/// Runs the scenario's command, or that which its contract names for a restart, once more in the world of a trial that
/// is over, with what survived still alive. It is not traced: its processes are known by /proc, and its clocks are the machine's. One that
/// needs the clocks of the trial is made by OneTrial itself.
class NextRunner {
 public:
  /// `trial` is the trial that is over; `serve_trial` handles what its survivors, still traced, report.
  NextRunner(World& world, const sys::FilterProgram& untraced, TrialContext& trial, std::function<void()> serve_trial);
  ~NextRunner();

  /// Blocks until it has ended, or its time is over. Its processes may be alive afterwards.
  NextRun run();

 private:
  void start();
  void live();
  void settle();
  bool nothing_can_wake() const;
  void pump();
  void hear_leader();
  bool ended() const { return root_end_.has_value(); }
  bool given_up();
  void fail(std::string why);

  World& world_;
  const sys::FilterProgram& untraced_;
  TrialContext& trial_;
  std::function<void()> serve_trial_;
  Scenario scenario_;
  TrialRequest request_;
  TrialContext context_;
  std::unique_ptr<Streams> streams_;
  sys::Terminal terminal_;
  std::unique_ptr<Leader> leader_;
  std::unique_ptr<Phases> phases_;
  std::optional<WaitStatus> root_end_;
  NextRun result_;
};

}  // namespace exitproof
