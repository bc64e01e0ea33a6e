#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "harness/trial/trial_testing.hpp"

// Trials in virtual time: what the subject does and sees must be what it does and sees in real time, and waiting must
// cost nothing.
namespace exitproof::testing {
namespace {

Scenario in_virtual_time(std::vector<std::string> command) {
  Scenario scenario = scenario_of(std::move(command));
  scenario.time_mode = TimeMode::virtual_;
  return scenario;
}

Micros really_took(const Evidence& evidence) {
  return evidence.took - evidence.skipped_time;
}

// A wait of two seconds in each way, as the program's own clocks tell.
constexpr std::string_view elapsed =
    "nanosleep 0 2000\n"
    "absolute 0 2000\n"
    "poll 0 2000\n"
    "ppoll 0 2000\n"
    "select 0 2000\n"
    "select-rest 108 2000\n"
    "pselect 0 2000\n"
    "epoll 0 2000\n"
    "sigtimedwait -11 2000\n"
    "futex -110 2000\n"
    "condition 0 2000\n"
    "condition-until 0 2000\n"
    "semaphore -110 2000\n"
    "semtimedop -11 2000\n"
    "queue -110 2000\n"
    "interrupted 8 2000\n"
    "alarm 1100 2000\n"
    "itimer 4500 2000\n"
    "posix-timer 7 2000\n"
    "thread-timer 0 2000\n"
    "timerfd 102 2000\n"
    "child 1280 2000\n";

class ElapsedTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ElapsedTest, is_told_as_in_real_time) {
  const auto& [program, plan] = GetParam();
  Scenario scenario = in_virtual_time({program});
  scenario.timeout = Millis(100'000);
  const Evidence evidence = try_once(scenario, rich_request(plan));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  EXPECT_EQ(evidence.out.head, elapsed);
  EXPECT_GE(evidence.skipped_time, std::chrono::seconds(43)) << explain(evidence);
  EXPECT_LT(really_took(evidence), std::chrono::seconds(5)) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(all, ElapsedTest,
                         ::testing::Values(std::pair("tells_elapsed", "none"),
                                           std::pair("tells_elapsed_static", "none"),
                                           std::pair("tells_elapsed", "none,schedule=3")));

}  // namespace
}  // namespace exitproof::testing
