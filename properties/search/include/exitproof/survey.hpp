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
  /// What shows the time must not be taken for stable: of the runs that are kept, one is made in another second of the
  /// clock than the others. Between them this is called, which the command lets wait for the next second; where the
  /// first run leaves and writes nothing, it is not.
  std::function<void()> in_another_second = {};
};

/// Sleeps until all clocks of the machine show the next second, so that two runs around it differ in what is made of
/// the time: what `in_another_second` is to do.
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
