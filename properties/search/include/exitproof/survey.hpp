#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/trial_service.hpp"

namespace exitproof {

struct SurveyOptions {
  unsigned runs = 3;
  bool sites = true;       ///< false: only what the runs leave and return is of interest
  bool next_runs = false;  ///< each run is followed by a second one in its world, as a trial may be
  /// When the first run took longer than this, one more is enough. Nothing: all runs are made.
  std::optional<Micros> two_runs_from = {};
  bool reads = false;  ///< one more run is looked at for the files that it executes and reads (Survey::used_files)
  /// Called after the first run, when others follow. A name made of the time must not be taken for a stable one:
  /// the command waits here for the next second of the clock.
  std::function<void()> after_first_run = {};
};

/// Sleeps until the clock shows the next second, so that two runs around it differ in names made of the time: what
/// `after_first_run` is to do.
void await_next_second();

/// The fault-free runs of a scenario.
struct Survey {
  Scenario scenario;  ///< with what the first run taught: the stop, a fresh network
  std::vector<Evidence> runs;
  std::vector<std::string> messages;   ///< one sentence each, for the user
  std::optional<std::string> refusal;  ///< why there is no survey; the runs are then incomplete
  bool interrupted = false;
  /// The files that a run executed, its loader mapped or it read with read(2) and the like, as it saw their paths; sorted.
  /// What it only mapped is not among them. Empty where nobody asked.
  std::vector<std::string> used_files = {};
};

/// Runs the scenario without a fault: once alone, and then, with what that run taught, as often as
/// still asked for, as many at one time as the service can. Leaves the service with the returned
/// scenario set. A run that fails in the harness is tried once more.
Survey take_survey(TrialService& service, Scenario scenario, const SurveyOptions& options);

}  // namespace exitproof
