#pragma once

#include <memory>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/trial_request.hpp"

namespace exitproof {

/// Runs trials of one scenario, one after the other, in the world that it names. The calling process
/// must be single-threaded: use it in a worker. However it ends, the trial ends with it.
class TrialRunner {
 public:
  /// Makes the world's base. Throws std::runtime_error, which std::system_error is, where the machine refuses.
  explicit TrialRunner(const Scenario& scenario);
  ~TrialRunner();
  TrialRunner(const TrialRunner&) = delete;
  TrialRunner& operator=(const TrialRunner&) = delete;

  /// Blocks until the trial is over and the world is empty again. Errors of the machine become
  /// `harness_error` in the evidence.
  Evidence run(const TrialRequest& request);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exitproof
