#include "exitproof/scheduled_service.hpp"

#include <gtest/gtest.h>

#include <set>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::clean_run;
using testing::FakeTrials;

TrialRequest request_of(const char* plan, bool survey) {
  TrialRequest request;
  request.plan = FaultPlan::parse(plan);
  request.decide_waiting = survey;
  return request;
}

TEST(ScheduledService, GivesEachTrialAScheduleOfItsOwnAndSurveysTheFirstOnes) {
  FakeTrials trials([](const TrialRequest&) { return clean_run({}); });
  ScheduledService scheduled(trials, 7, true);
  std::set<std::uint64_t> drawn;
  for (TrialService::Ticket i = 0; i < 50; ++i) scheduled.submit(i, request_of("kill@0:open:1", false));
  for (const TrialRequest& request : trials.requests) drawn.insert(request.plan.schedule.value());
  EXPECT_EQ(drawn.size(), 50U);
  EXPECT_EQ(trials.requests.at(3).plan.schedule, draw_schedule(7, 3));
  EXPECT_NE(draw_schedule(8, 3), draw_schedule(7, 3));
  for (TrialService::Ticket i = 0; i < 2; ++i) scheduled.submit(i, request_of("none", true));
  EXPECT_EQ(trials.requests.at(50).plan, FaultPlan::parse("none,schedule=1"));
  EXPECT_EQ(trials.requests.at(51).plan, FaultPlan::parse("none,schedule=2"));
}

TEST(ScheduledService, KeepsTheScheduleOfAPlan) {
  FakeTrials trials([](const TrialRequest&) { return clean_run({}); });
  ScheduledService scheduled(trials, 7, true);
  scheduled.submit(0, request_of("kill@0:open:1,schedule=42", false));
  EXPECT_EQ(trials.requests.front().plan.schedule, 42U);
}

}  // namespace
}  // namespace exitproof
