#pragma once

#include "exitproof/campaign.hpp"
#include "exitproof/replay.hpp"

namespace exitproof::cli {

/// What the command ends with. When interrupted, it dies by the signal instead.
enum ExitStatus : int {
  exit_held = 0,             ///< everything that was tried held
  exit_violated = 1,         ///< a violation was found
  exit_usage = 2,            ///< the command line asks for something that cannot be
  exit_nothing_tried = 3,    ///< no fault has fired; a certificate's level was not completed, or nothing was verified
  exit_cannot_try = 77,      ///< this machine or this subject cannot be tried
  exit_harness_failed = 99,  ///< the harness failed
};

/// Why a survey was refused decides the status: `cannot execute …` is a mistake of the command
/// line, `cannot be tried …` and `the driver failed …` a limit of the machine or the subject, all
/// else a failure of ours.
ExitStatus status_of_refusal(std::string_view why);

/// The status that a finished campaign or replay calls for. Where no fault-free run came to its end, what held is only
/// what needs no comparison, and where a fault changed the machine for good, only what was tried before: without a
/// finding such a subject could not be tried.
ExitStatus status_of_result(const CampaignResult& result);

/// The same of a replay, whose trials may have been compared: where all held or nothing was tried it is `exit_violated`
/// when they differ in their outcome, or, where the plan has a schedule, in what was done and in its order;
/// `exit_harness_failed` when there were not two to compare.
ExitStatus status_of_replay(const ReplayResult& replay, const FaultPlan& plan);

}  // namespace exitproof::cli
