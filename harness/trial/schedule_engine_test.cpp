#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "harness/trial/trial_testing.hpp"

namespace exitproof::testing {
namespace {

/// What the subject did, in order, without what differs from run to run anyway: times and numbers of pipes.
std::vector<std::string> order_of(const Evidence& evidence) {
  std::vector<std::string> order;
  for (const Event& event : evidence.events) {
    if (event.kind == EventKind::quiet || event.kind == EventKind::note || event.kind == EventKind::phase) continue;
    std::string object = event.object;
    object.erase(std::remove_if(object.begin(), object.end(), [](char c) { return c >= '0' && c <= '9'; }),
                 object.end());
    order.push_back(std::string(event_kind_name(event.kind)) + ' ' + event.who.print() + ' ' + event.call + ' ' +
                    object);
  }
  return order;
}

/// How many of the orders are the most frequent one. One in some hundreds of runs has been seen to part from the others,
/// on a busy machine, and is not understood yet.
std::size_t most_alike(const std::vector<std::vector<std::string>>& orders) {
  std::size_t most = 0;
  for (const auto& order : orders) most = std::max(most, static_cast<std::size_t>(std::ranges::count(orders, order)));
  return most;
}

std::string with_schedule(const std::string& plan, std::uint64_t seed) {
  return plan + ",schedule=" + std::to_string(seed);
}

class ScheduledOrderTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ScheduledOrderTest, is_that_of_the_seed) {
  TrialRunner runner(scenario_of({GetParam()}));
  std::set<std::vector<std::string>> orders;
  for (const std::uint64_t seed : {7U, 8U, 9U}) {
    const Evidence first = runner.run(rich_request(with_schedule("none", seed)));
    ASSERT_FALSE(first.harness_error) << *first.harness_error;
    EXPECT_EQ(first.root_end, WaitStatus::exited(0)) << explain(first);
    std::vector<std::vector<std::string>> same{order_of(first)};
    for (int i = 0; i < 4; ++i) {
      same.push_back(order_of(runner.run(rich_request(with_schedule("none", seed)))));
    }
    EXPECT_GE(most_alike(same), same.size() - 1) << seed;
    orders.insert(order_of(first));
  }
  EXPECT_EQ(orders.size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(all, ScheduledOrderTest, ::testing::Values("cpp_tree", "threads_share_queue", "shim"));

TEST(ScheduleTest, a_rare_order_is_found_and_comes_again) {
  TrialRunner runner(scenario_of({"both_remove_temp"}));
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Evidence found = runner.run(lean_request(with_schedule("none", seed)));
    if (found.files.empty()) continue;
    EXPECT_EQ(found.root_end, WaitStatus::exited(1)) << explain(found);
    for (int i = 0; i < 5; ++i) {
      EXPECT_FALSE(runner.run(lean_request(with_schedule("none", seed))).files.empty()) << seed;
    }
    // Looking closely makes no other order.
    EXPECT_FALSE(runner.run(rich_request(with_schedule("none", seed))).files.empty()) << seed;
    return;
  }
  FAIL() << "200 seeds have not led to it";
}

TEST(ScheduleTest, siblings_are_where_they_were_when_one_is_killed) {
  TrialRunner runner(scenario_of({"cpp_tree"}));
  const std::string plan = with_schedule("kill@0.2:write:3", 5);
  const auto run = [&](const TrialRequest& request) {
    Evidence evidence = runner.run(request);
    EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    return evidence;
  };
  std::vector<std::vector<std::string>> same;
  for (int i = 0; i < 5; ++i) same.push_back(order_of(run(rich_request(plan))));
  EXPECT_GE(most_alike(same), same.size() - 1);
}

TEST(ScheduleTest, every_kind_of_wait_ends) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Evidence evidence = try_once({"waits_of_all_kinds"}, rich_request(with_schedule("none", seed)));
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
    EXPECT_FALSE(evidence.hang) << explain(evidence);
  }
}

TEST(ScheduleTest, who_computes_for_ever_stops_nobody) {
  const Evidence evidence = try_once({"spins_for_ever"}, rich_request(with_schedule("none", 1)));
  EXPECT_EQ(evidence.root_end, WaitStatus::killed(SIGTERM)) << explain(evidence);
  EXPECT_TRUE(evidence.files.empty());
  EXPECT_TRUE(std::any_of(evidence.skipped.begin(), evidence.skipped.end(), [](const std::string& line) {
    return line.starts_with("schedule: spins_for_ever (0) computed on and on");
  })) << explain(evidence);
}

TEST(ScheduleTest, a_hang_is_told_as_without_one) {
  const Evidence evidence = try_once({"lost_worker"}, lean_request(with_schedule("kill@0.1:write:1", 3)));
  ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
  const Evidence free = try_once({"lost_worker"}, lean_request("kill@0.1:write:1"));
  EXPECT_EQ(evidence.hang.has_value(), free.hang.has_value()) << explain(evidence) << explain(free);
}

TEST(ScheduleTest, ctrl_c_and_a_pause_reach_who_waits_for_its_turn) {
  for (const char* fault : {"ctrl-c@0.2:write:3", "pause=20ms@0.2:write:3", "kill-tree@0.2:write:3"}) {
    const Evidence evidence = try_once({"cpp_tree"}, rich_request(with_schedule(fault, 2)));
    ASSERT_FALSE(evidence.harness_error) << *evidence.harness_error;
    EXPECT_TRUE(evidence.all_faults_fired()) << explain(evidence);
    EXPECT_TRUE(evidence.root_end.has_value()) << fault << explain(evidence);
    // Deaths of one instant are told in the order of the paths: the root's may be the first.
    for (const Survivor& survivor : evidence.survivors) {
      EXPECT_TRUE(survivor.ended_after) << fault << explain(evidence);
    }
  }
}

}  // namespace
}  // namespace exitproof::testing
