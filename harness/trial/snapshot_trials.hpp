#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/trial/one_trial.hpp"
#include "harness/trial/root_template.hpp"

namespace exitproof {

/// Why trials of such a scenario cannot begin with copies, in words; empty: they may be able to.
std::string why_no_copies(const Scenario& scenario);

/// Whether such a trial can be asked of SnapshotTrials: it wants no more of the start than what is known of it, and does
/// nothing to what all copies share.
bool may_begin_with_copy(const TrialRequest& request);

/// Makes trials that begin with copies of a template, which it makes when it needs one and none is good. Lives where
/// OneTrial does.
class SnapshotTrials {
 public:
  /// `tools_for` gives the tools with the filter for such a request.
  SnapshotTrials(const Scenario& scenario, std::function<TrialTools(const TrialRequest&)> tools_for);

  struct Answer {
    std::optional<Evidence> evidence;  ///< nothing: the trial cannot begin with a copy
    std::string why_never;             ///< why none of this scenario can; empty: this one strikes before the template
  };
  /// Of a request that may_begin_with_copy().
  Answer run(const TrialRequest& request);

 private:
  void make_template(const std::vector<std::string>& copy_up);

  const Scenario& scenario_;
  std::function<TrialTools(const TrialRequest&)> tools_for_;
  std::unique_ptr<RootTemplate> template_;
  StartWatch watch_ = StartWatch::with_sockets;
};

}  // namespace exitproof
