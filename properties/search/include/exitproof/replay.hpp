#pragma once

#include <functional>
#include <optional>

#include "exitproof/campaign.hpp"
#include "exitproof/verification.hpp"

namespace exitproof {

struct ReplayOptions {
  FaultPlan plan;
  unsigned times = 1;
  bool verify = false;  ///< look closely at each of them, and compare
  /// After a first fault-free run that takes longer, one more is enough.
  Micros two_runs_from{1'000'000};
  std::function<void()> in_another_second;  ///< of the survey (SurveyOptions)
  OwnInvariants own_invariants = {};        ///< judged beside the others
};

struct ReplayResult {
  /// As of a campaign that tried one plan: a finding's `replayed` and `same` count these trials.
  CampaignResult result;
  /// The first trial, looked at closely: events and stacks are kept. Nothing when there was none.
  std::optional<Evidence> shown;
  Verdict verdict = Verdict::harness_error;  ///< of that first trial
  std::vector<Note> notes;                   ///< of that first trial
  std::optional<Verification> verification;  ///< when asked for
};

/// Runs the scenario without a fault for a baseline, and then the plan as often as asked.
ReplayResult run_replay(TrialService& service, const Scenario& scenario, const ReplayOptions& options);

}  // namespace exitproof
