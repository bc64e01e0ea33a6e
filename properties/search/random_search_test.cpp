#include "properties/search/random_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using testing::FakeTrials;
using testing::missed_run;
using testing::orphaning_run;
using testing::quiet_site;
using ::testing::SizeIs;
using testing::struck_run;

std::vector<SiteRecord> many_sites() {
  std::vector<SiteRecord> sites{quiet_site(1, {"0", "0.1"})};
  for (int i = 1; i <= 10; ++i) sites.push_back(call_site("0:write:" + std::to_string(i), "write", 1));
  for (int i = 1; i <= 10; ++i) sites.push_back(call_site("0.1:open:" + std::to_string(i), "openat", 2));
  return sites;
}

SearchOptions random_options(std::string_view kinds = "kill,signals") {
  SearchOptions options;
  options.explore = Explore::random;
  options.faults.kinds = parse_fault_kinds(kinds);
  options.seed = 42;
  options.max_trials = 50;
  return options;
}

CampaignResult run(FakeTrials& trials, const SearchOptions& options) {
  Scenario scenario;
  scenario.command = {"prog"};
  CampaignListener nobody;
  return run_campaign(trials, scenario, options, nobody);
}

/// A trial of a program that holds but where the plan `fails`.
FakeTrials::Subject failing_where(std::function<bool(const FaultPlan&)> fails) {
  return [fails](const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run(many_sites());
    return fails(request.plan) ? orphaning_run(request.plan) : struck_run(request.plan);
  };
}

bool has(const FaultPlan& plan, const std::string& fault) {
  return std::ranges::any_of(plan.faults, [&](const Fault& one) { return one.print() == fault; });
}

TEST(RandomSearch, TriesDifferentPlansUpToItsBound) {
  FakeTrials trials(failing_where([](const FaultPlan&) { return false; }));
  const CampaignResult result = run(trials, random_options());
  std::vector<std::string> plans = trials.plans();
  EXPECT_THAT(plans, SizeIs(50));
  std::ranges::sort(plans);
  EXPECT_EQ(std::ranges::adjacent_find(plans), plans.end());
  EXPECT_EQ(result.trials.planned, 50U);
  EXPECT_EQ(result.statistics.drawn, 50U);
  EXPECT_EQ(result.statistics.drawn_violated, 0U);
  EXPECT_FALSE(result.statistics.drawn_out);
}

TEST(RandomSearch, ASeedIsACampaignWhateverTheNumberOfWorkers) {
  const auto campaign = [](std::uint64_t seed, unsigned workers) {
    FakeTrials trials(failing_where([](const FaultPlan& plan) { return plan.faults.size() > 2; }), workers);
    SearchOptions options = random_options();
    options.seed = seed;
    const CampaignResult result = run(trials, options);
    std::vector<std::string> all = trials.plans();
    all.resize(50);
    for (const Finding& finding : result.findings) all.push_back(finding.plan.print());
    return all;
  };
  EXPECT_EQ(campaign(1, 1), campaign(1, 1));
  EXPECT_EQ(campaign(1, 1), campaign(1, 3));
  EXPECT_NE(campaign(1, 1), campaign(2, 1));
}

TEST(RandomSearch, EndsWhenThereIsNothingNewToDraw) {
  FakeTrials trials([](const TrialRequest& request) {
    return request.plan.faults.empty() ? clean_run({call_site("0:write:1", "write", 1)}) : struck_run(request.plan);
  });
  SearchOptions options = random_options("kill");
  options.max_trials = 0;
  const CampaignResult result = run(trials, options);
  EXPECT_EQ(result.trials.total, 1U);
  EXPECT_TRUE(result.statistics.drawn_out);

  FakeTrials nothing([](const TrialRequest&) { return clean_run({}); });
  EXPECT_EQ(run(nothing, options).trials.total, 0U);
}

TEST(RandomSearch, BothWaysShareTheTrials) {
  FakeTrials trials(failing_where([](const FaultPlan&) { return false; }));
  SearchOptions options = random_options("kill");
  options.explore = Explore::both;
  options.max_trials = 8;
  run(trials, options);
  const std::vector<std::string> plans = trials.plans();
  ASSERT_THAT(plans, SizeIs(8));
  EXPECT_EQ(plans[0], "kill@0:quiet:1");
  EXPECT_EQ(plans[1], "kill@0.1:quiet:1");
}

TEST(RandomSearch, UnderSeededSchedulesEachPlanHasOneAndSomeHaveNothingElse) {
  FakeTrials trials([](const TrialRequest& request) {
    Evidence evidence = request.plan.faults.empty() ? clean_run(many_sites()) : struck_run(request.plan);
    if (request.plan.faults.empty() && request.plan.schedule.value_or(0) % 3 == 1 && !request.decide_waiting) {
      evidence = orphaning_run(request.plan);
    }
    evidence.plan = request.plan;
    return evidence;
  });
  SearchOptions options = random_options();
  options.seeded = true;
  const CampaignResult result = run(trials, options);
  int nothing_else = 0;
  for (std::size_t i = 0; i < 3U + 50U; ++i) {
    const TrialRequest& request = trials.requests.at(i);
    ASSERT_TRUE(request.plan.schedule) << request.plan.print();
    if (request.decide_waiting) {
      EXPECT_TRUE(is_fault_free(request.plan)) << request.plan.print();
    } else if (request.plan.faults.empty()) {
      ++nothing_else;
    }
  }
  EXPECT_GT(nothing_else, 5);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_TRUE(result.findings.front().plan.faults.empty());
  EXPECT_EQ(*result.findings.front().plan.schedule % 3, 1U);
  EXPECT_EQ(result.findings.front().same, 5U);
}

TEST(Shrinking, KeepsTheFaultThatMatters) {
  const auto fails = [](const FaultPlan& plan) { return has(plan, "SIGTERM@0.1:open:7"); };
  FakeTrials trials(failing_where(fails));
  SearchOptions options = random_options("signals,kill");
  options.most_faults = 4;
  options.max_trials = 400;
  const CampaignResult result = run(trials, options);
  ASSERT_FALSE(result.findings.empty());
  for (const Finding& finding : result.findings) {
    EXPECT_EQ(finding.plan.print(), "SIGTERM@0.1:open:7");
    EXPECT_EQ(finding.same, finding.replayed);
  }
  EXPECT_THAT(result.findings, SizeIs(1)) << "the others became part of it";
}

SearchOptions with_schedules() {
  SearchOptions options = random_options("kill");
  options.seeded = true;
  options.most_faults = 4;
  options.max_trials = 60;
  return options;
}

TEST(Shrinking, DropsTheScheduleLastAndOnlyWhereItIsNeverNeeded) {
  const auto shows = [](bool always) {
    auto without = std::make_shared<int>(0);
    return failing_where([=](const FaultPlan& plan) {
      if (plan.faults.empty()) return false;
      return plan.schedule || always || ++*without % 4 != 0;  // three times in a row, by chance
    });
  };
  FakeTrials racing(shows(false));
  const CampaignResult races = run(racing, with_schedules());
  ASSERT_FALSE(races.findings.empty());
  for (const Finding& finding : races.findings) {
    EXPECT_TRUE(finding.plan.schedule) << finding.plan.print();
    EXPECT_THAT(finding.plan.faults, SizeIs(1));
  }
  FakeTrials failing(shows(true));
  const CampaignResult fails = run(failing, with_schedules());
  ASSERT_FALSE(fails.findings.empty());
  for (const Finding& finding : fails.findings) EXPECT_FALSE(finding.plan.schedule) << finding.plan.print();
  const auto free = std::ranges::find_if(failing.requests, [](const TrialRequest& request) {
    return !request.plan.faults.empty() && !request.plan.schedule;
  });
  ASSERT_NE(free, failing.requests.end());
  EXPECT_THAT(free->plan.faults, SizeIs(1)) << "before that, every step keeps it";
}

TEST(Shrinking, KeepsTwoFaultsWhereBothAreNeededAndMovesThemToTheFront) {
  const auto fails = [](const FaultPlan& plan) {
    const bool term = std::ranges::any_of(plan.faults, [](const Fault& f) { return f.print().starts_with("SIGTERM"); });
    const bool kill = std::ranges::any_of(plan.faults, [](const Fault& f) { return f.action == Action::kill; });
    return term && kill;
  };
  FakeTrials trials(failing_where(fails));
  SearchOptions options = random_options("signals,kill");
  options.most_faults = 4;
  options.max_trials = 400;
  const CampaignResult result = run(trials, options);
  ASSERT_FALSE(result.findings.empty());
  for (const Finding& finding : result.findings) {
    ASSERT_THAT(finding.plan.faults, SizeIs(2)) << finding.plan.print();
    for (const Fault& fault : finding.plan.faults) {
      EXPECT_EQ(std::visit([](const auto& point) { return point.nth; }, fault.site.point), 1U) << finding.plan.print();
    }
  }
  EXPECT_LE(result.statistics.shrink_runs, 60U * result.findings.size());
}

TEST(Shrinking, ASimplerPlanMustShowItEveryTime) {
  int now_and_then = 0;
  const auto fails = [&](const FaultPlan& plan) {
    return plan.faults.size() > 1 || (plan.faults.size() == 1 && now_and_then++ % 2 == 0);
  };
  FakeTrials trials(failing_where(fails), 1);
  SearchOptions options = random_options("kill");
  options.max_trials = 1;
  for (options.seed = 0;; ++options.seed) {
    const CampaignResult result = run(trials, options);
    if (result.findings.empty() || trials.requests.at(3).plan.faults.size() < 2) {
      trials.requests.clear();
      continue;
    }
    EXPECT_GT(result.findings.front().plan.faults.size(), 1U);
    break;
  }
}

TEST(Shrinking, IsBounded) {
  FakeTrials trials(failing_where([](const FaultPlan& plan) { return plan.faults.size() == 4; }));
  SearchOptions options = random_options("signals,kill");
  options.most_faults = 4;
  options.shrink_runs = 5;
  const CampaignResult result = run(trials, options);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_LE(result.statistics.shrink_runs, 5U * result.findings.size());
  EXPECT_THAT(result.findings.front().plan.faults, SizeIs(4));
}

TEST(Regressions, AreTriedFirstAndSaidWhatBecameOfThem) {
  FakeTrials trials([](const TrialRequest& request) {
    const std::string plan = request.plan.print();
    if (request.plan.faults.empty()) return clean_run(many_sites());
    if (plan == "kill@0.9:write:1") return missed_run(request.plan);
    return plan == "kill@0:write:3" ? orphaning_run(request.plan) : struck_run(request.plan);
  });
  SearchOptions options = random_options("kill");
  options.explore = Explore::exhaustive;
  for (const std::string_view plan : {"kill@0:write:3", "kill@0:write:4", "kill@0.9:write:1"}) {
    options.regressions.push_back({.plan = FaultPlan::parse(plan), .invariant = "no-orphans"});
  }
  options.regressions.push_back({.plan = FaultPlan::parse("kill@0:write:3"), .invariant = "no-zombies"});
  const CampaignResult result = run(trials, options);
  EXPECT_EQ(trials.plans()[0], "kill@0:write:3");
  ASSERT_THAT(result.regressions, SizeIs(4));
  EXPECT_EQ(result.regressions[0].state, RegressionState::fails);
  EXPECT_EQ(result.regressions[1].state, RegressionState::holds);
  EXPECT_EQ(result.regressions[2].state, RegressionState::gone);
  EXPECT_EQ(result.regressions[2].why, "the site was not reached");
  EXPECT_EQ(result.regressions[3].state, RegressionState::fails_otherwise);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].plan.print(), "kill@0:write:3");
}

}  // namespace
}  // namespace exitproof
