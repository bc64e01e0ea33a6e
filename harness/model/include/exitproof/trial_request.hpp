#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/call_class.hpp"
#include "exitproof/duration.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// How much of the subject a trial looks at. What is not asked for costs nothing.
struct TrialRequest {
  FaultPlan plan;
  CallClasses classes;          ///< traced beyond what the plan names
  bool events = false;          ///< keep the event log
  bool sites = false;           ///< keep every site: a survey
  bool stacks = false;          ///< unwind at every kept site and at every fault
  bool decide_waiting = false;  ///< a survey: when it waits, stop it and say so
  /// Existing files that fault-free runs change, and directories that they change: copied up before the subject
  /// starts, since a copy on a full disk would fail as no real disk does, and so that all runs see the same.
  std::vector<std::string> copy_up;
  NextRunWhen next_run = NextRunWhen::never;
  Millis next_run_limit{0};  ///< after that long it is given up; 0: the scenario's timeout
  /// What a clean run leaves, as state_of() prints each file, sorted: a trial that leaves just that needs no next run.
  std::vector<std::string> clean_state;
  /// A survey after the first: once this many sites are seen and it is quiet, it may be cut.
  std::uint64_t cut_after_sites = 0;
  bool real_time = false;  ///< whatever the scenario says of time
  bool snapshot = false;   ///< where the scenario allows it, it may begin as a copy: see Evidence::from_snapshot
  bool operator==(const TrialRequest&) const = default;
};

/// Whether the subject's clocks are its own in such a trial.
bool has_virtual_time(const Scenario& scenario, const TrialRequest& request);

/// By the calls of these classes files are made and taken away: a trial that traces them all sees trespasses.
CallClasses trespass_classes();

std::string trial_request_to_json(const TrialRequest& request);
TrialRequest trial_request_from_json(std::string_view text);

}  // namespace exitproof
