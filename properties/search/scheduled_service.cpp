#include "exitproof/scheduled_service.hpp"

#include "exitproof/seed.hpp"

namespace exitproof {

std::uint64_t draw_schedule(std::uint64_t seed, std::uint64_t index) {
  constexpr std::uint64_t bound = 1'000'000'000;
  return survey_schedules + 1 + draw_below(split_seed(seed, "schedule") + index, bound);
}

void ScheduledService::submit(Ticket ticket, const TrialRequest& request) {
  if (request.plan.schedule || (request.decide_waiting && !surveys_)) {
    service_.submit(ticket, request);
    return;
  }
  TrialRequest scheduled = request;
  scheduled.plan.schedule = request.decide_waiting ? 1 + surveyed_++ % survey_schedules : draw_schedule(seed_, ticket);
  service_.submit(ticket, scheduled);
}

}  // namespace exitproof
