#pragma once

#include <memory>
#include <optional>
#include <string>

#include "exitproof/gtest/trial.hpp"
#include "properties/gtest/session.hpp"
#include "properties/search/campaign_state.hpp"

namespace exitproof::gtest {

/// A scenario whose fault-free runs were made: what a campaign begins with, for trials of one's own choice.
class Surveyed::Impl {
 public:
  /// Throws CannotTry, and std::runtime_error or std::logic_error for mistakes.
  explicit Impl(const Scenario& wanted);

  const Catalog& catalog() const { return state_->result.catalog; }
  const CampaignResult& result() const { return state_->result; }
  const exitproof::Scenario& scenario() const { return session_.scenario(); }
  const SearchOptions& search() const { return session_.search(); }
  /// The kinds and targets to draw from.
  EnumerateOptions faults() const { return state_->faults(); }
  bool can_be_tried(const FaultPlan& plan) const { return state_->can_be_tried(plan); }

  /// Throws std::runtime_error when the harness fails. Without stacks it takes a fraction of the time.
  Trial trial(const FaultPlan& plan, bool stacks);

 private:
  std::string replay_of(const FaultPlan& plan) const;

  Scenario wanted_;
  Session session_;
  CampaignListener nobody_;
  std::unique_ptr<WorkerPool> workers_;
  std::optional<CampaignState> state_;
};

}  // namespace exitproof::gtest
