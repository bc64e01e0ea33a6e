#include "harness/trial/tracer/scheduler.hpp"

#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace exitproof {
namespace {

const ProcessPath root = ProcessPath::root();
const ProcessPath first = ProcessPath::root().child(1);
const ProcessPath second = ProcessPath::root().child(2);

std::vector<std::size_t> picks_of(std::uint64_t seed, std::size_t count) {
  Scheduler scheduler(seed);
  const std::vector<const ProcessPath*> held{&root, &first, &second};
  std::vector<std::size_t> picks;
  for (std::size_t i = 0; i < count; ++i) picks.push_back(scheduler.pick(held));
  return picks;
}

TEST(Scheduler, is_the_same_on_every_machine) {
  EXPECT_EQ(picks_of(7, 12), (std::vector<std::size_t>{1, 1, 2, 0, 0, 0, 0, 0, 2, 2, 0, 2}));
}

RC_GTEST_PROP(Scheduler, draws_nothing_without_a_choice, (std::uint64_t seed)) {
  Scheduler alone_before(seed);
  for (int i = 0; i < 5; ++i) RC_ASSERT(alone_before.pick(std::vector{&second}) == 0U);
  RC_ASSERT(alone_before.picks() == 0U);
  Scheduler not_alone(seed);
  const std::vector<const ProcessPath*> held{&root, &first};
  for (int i = 0; i < 20; ++i) RC_ASSERT(alone_before.pick(held) == not_alone.pick(held));
}

RC_GTEST_PROP(Scheduler, lets_nobody_wait_for_ever, (std::uint64_t seed)) {
  const std::vector<std::size_t> picks = picks_of(seed, 20'000);
  for (std::size_t task = 0; task < 3; ++task) RC_ASSERT(std::count(picks.begin(), picks.end(), task) > 3'000);
}

RC_GTEST_PROP(Scheduler, puts_off_whom_a_change_point_meets, (std::uint64_t seed)) {
  Scheduler scheduler(seed);
  RC_PRE(!scheduler.change_points().empty());
  const Scheduler::ChangePoint change = scheduler.change_points().front();
  const auto same_place = std::count_if(scheduler.change_points().begin(), scheduler.change_points().end(),
                                        [&](const auto& other) { return other.at < change.at + change.lasts; });
  RC_PRE(same_place == 1 && change.lasts > 1);
  const std::vector<const ProcessPath*> held{&root, &first};
  for (std::uint64_t i = 0; i < change.at; ++i) scheduler.pick(held);
  std::set<std::size_t> picked;
  for (std::uint64_t i = 0; i < change.lasts; ++i) picked.insert(scheduler.pick(held));
  RC_ASSERT(picked.size() == 1U);
}

TEST(Scheduler, seeds_differ) {
  std::set<std::vector<std::size_t>> orders;
  for (std::uint64_t seed = 0; seed < 50; ++seed) orders.insert(picks_of(seed, 20));
  EXPECT_GT(orders.size(), 48U);
}

}  // namespace
}  // namespace exitproof
