#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exitproof/trial_service.hpp"

namespace exitproof {

struct WorkerPoolOptions {
  /// The worker's command; ` --cpu K` is appended, K from 0. It reads a scenario in one line and
  /// then trial requests, one a line, and answers each with one line of evidence. At the end of its
  /// standard input it ends.
  std::vector<std::string> command;
  unsigned workers = 1;
  /// Readable when the search shall end now; -1: never. Not read from, not owned.
  int interrupt_fd = -1;
  /// Replaces the deadline of a trial that follows from its scenario; zero: does not.
  Millis trial_deadline{0};
};

/// How many CPUs this process may use (sched_getaffinity(2)); at least 1.
unsigned allowed_cpus();

/// The longest that one trial of a scenario may take before its worker is killed: every phase of a
/// trial has the scenario's timeout, and the harness some time of its own.
Millis longest_trial(const Scenario& scenario);

/// Runs trials in worker processes, one trial at a time in each. Single-threaded: it works while
/// `next` is waited in. Workers are started when first needed. One that dies, sends rubbish or
/// misses the deadline is killed and replaced, twice at most in a row; its trial is answered with a
/// harness error, and so is every trial when no worker is left.
///
/// The process must ignore SIGPIPE. Workers get process groups of their own, so that the
/// terminal's Ctrl+C does not reach them. The destructor ends them: their input is closed, and what
/// is still there after a second is killed.
class WorkerPool : public TrialService {
 public:
  explicit WorkerPool(WorkerPoolOptions options);
  ~WorkerPool() override;

  unsigned capacity() const override;
  void set_scenario(const Scenario& scenario) override;
  void submit(Ticket ticket, const TrialRequest& request) override;
  std::optional<Answer> next() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exitproof
