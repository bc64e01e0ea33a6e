#pragma once

#include <string>
#include <vector>

#include "properties/search/campaign_state.hpp"
#include "properties/search/second_faults.hpp"

namespace exitproof {

/// The step of a campaign that tries second faults: looks closely at what the subject does after first faults, and
/// strikes it there once more.
class SecondStrikes {
 public:
  explicit SecondStrikes(CampaignState& state) : state_(state) {}

  /// Remembers a trial of one fault after which the subject had something to do.
  void remember(std::size_t trial, const Evidence& evidence, const Judgement& judgement);

  /// Plans second faults after what was remembered, and tries them.
  void run();

 private:
  struct FirstFault {
    std::size_t trial = 0;
    std::string reaction;
    std::vector<KnownViolation> violations;  ///< that it shows by itself
  };

  const FaultPlan& first_plan(std::size_t first) const { return state_.trials[firsts_[first].trial].plan; }
  /// One of each reaction, then the others, spread over all of them.
  void order_for_looks();
  std::vector<SecondPlan> follow(std::size_t first, const Evidence& evidence);

  CampaignState& state_;
  std::vector<FirstFault> firsts_;
};

}  // namespace exitproof
