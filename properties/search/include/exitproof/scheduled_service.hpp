#pragma once

#include <cstdint>

#include "exitproof/trial_service.hpp"

namespace exitproof {

/// The fault-free runs of a survey are scheduled by the seeds 1, 2, 3 and on up to this: each by another, so that only
/// what all orders have in common is taken for the program's nature, and by the same ones on another day.
inline constexpr std::uint64_t survey_schedules = 8;

/// Has a service run every trial under a seeded schedule: a survey's runs under those above; another trial whose
/// plan has none under one of its own, drawn from the seed and the ticket. The evidence's plan says which it was.
class ScheduledService : public TrialService {
 public:
  /// The service must outlive this. `surveys`: a survey's runs are scheduled too; else they run freely.
  ScheduledService(TrialService& service, std::uint64_t seed, bool surveys)
      : service_(service), seed_(seed), surveys_(surveys) {}

  unsigned capacity() const override { return service_.capacity(); }
  void set_scenario(const Scenario& scenario) override { service_.set_scenario(scenario); }
  bool announce(const std::string& name) override { return service_.announce(name); }
  void submit(Ticket ticket, const TrialRequest& request) override;
  std::optional<Answer> next() override { return service_.next(); }

 private:
  TrialService& service_;
  std::uint64_t seed_;
  bool surveys_;
  std::uint64_t surveyed_ = 0;
};

/// The schedule of the `index`-th plan of a search with this seed. It has at most nine digits, since people copy it.
std::uint64_t draw_schedule(std::uint64_t seed, std::uint64_t index);

}  // namespace exitproof
