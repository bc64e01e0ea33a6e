#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/trial_request.hpp"

namespace exitproof {

/// Runs trials for a search, several at one time. The search knows no more of the kernel than this.
class TrialService {
 public:
  using Ticket = std::uint64_t;

  struct Answer {
    Ticket ticket = 0;
    Evidence evidence;
  };

  virtual ~TrialService() = default;

  /// How many trials run at one time. More may be submitted: they wait for their turn.
  virtual unsigned capacity() const = 0;

  /// Later trials are of this scenario. Only while no answer is due.
  virtual void set_scenario(const Scenario& scenario) = 0;

  /// Tells by what name the search knows the trial that it submits next, "random kill@0:open:1": the same one in
  /// every run of one campaign, in whatever order trials end. Other trials may have that name, each with the same
  /// request. False: no such trial is made here, and it is not to be submitted. A service that passes trials on to
  /// another passes this on as well.
  virtual bool announce(const std::string& /*name*/) { return true; }

  /// Does not block. The ticket comes back with the answer.
  virtual void submit(Ticket ticket, const TrialRequest& request) = 0;

  /// Blocks until a trial is over: every trial has a deadline, and one that misses it is answered
  /// with a harness error. Nothing: the search shall end now, answers still due are lost.
  virtual std::optional<Answer> next() = 0;
};

}  // namespace exitproof
