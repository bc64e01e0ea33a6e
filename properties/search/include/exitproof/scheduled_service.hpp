#pragma once

#include <cstdint>

#include "exitproof/trial_service.hpp"

namespace exitproof {

/// What fault-free runs of a survey are scheduled by, so that all of them, and those of another day, are the same
/// interleaving.
inline constexpr std::uint64_t survey_schedule = 1;

/// Has a service run every trial under a seeded schedule: a survey's runs all under the same; another trial whose plan
/// has none under one of its own, drawn from the seed and the ticket. The evidence's plan says which it was.
class ScheduledService : public TrialService {
 public:
  /// The service must outlive this.
  /// `surveys`: those of a survey are scheduled too; else they run freely.
  ScheduledService(TrialService& service, std::uint64_t seed, bool surveys)
      : service_(service), seed_(seed), surveys_(surveys) {}

  unsigned capacity() const override { return service_.capacity(); }
  void set_scenario(const Scenario& scenario) override { service_.set_scenario(scenario); }
  void submit(Ticket ticket, const TrialRequest& request) override;
  std::optional<Answer> next() override { return service_.next(); }

 private:
  TrialService& service_;
  std::uint64_t seed_;
  bool surveys_;
};

/// The schedule of the `index`-th plan of a search with this seed. It has at most nine digits, since people copy it.
std::uint64_t draw_schedule(std::uint64_t seed, std::uint64_t index);

}  // namespace exitproof
