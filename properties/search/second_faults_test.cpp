#include "properties/search/second_faults.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "exitproof/campaign.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using ::testing::ElementsAre;
using testing::FakeTrials;
using ::testing::IsEmpty;
using testing::quiet_site;
using ::testing::SizeIs;
using testing::struck_run;

std::vector<SiteRecord> usual_sites() {
  return {quiet_site(1, {"0"}), call_site("0:write:1", "write", 1), call_site("0:close:1", "close", 2)};
}

Event passing(const SiteRecord& record) {
  Event event;
  event.kind = EventKind::call;
  event.site = record.site;
  return event;
}

/// Ctrl+C is caught at the quiet moment; the handler removes a file before the usual close.
Evidence cleaning_up(const FaultPlan& plan) {
  Evidence trial = struck_run(plan);
  trial.faults.front().landing = Landing::caught;
  trial.processes.front().end = trial.root_end = WaitStatus::exited(1);
  trial.sites = usual_sites();
  trial.sites.insert(trial.sites.end() - 1, call_site("0:unlink:1", "unlink", 3, "/tmp/a"));
  Event fired;
  fired.kind = EventKind::fault;
  trial.events = {passing(trial.sites[1]), passing(trial.sites[0]), fired, passing(trial.sites[2]),
                  passing(trial.sites[3])};
  return trial;
}

std::vector<std::string> printed(const std::vector<SecondPlan>& plans) {
  std::vector<std::string> texts;
  for (const SecondPlan& one : plans) texts.push_back(one.plan.print());
  return texts;
}

TEST(SecondFaults, StrikeWhatIsDoneBecauseOfTheFirst) {
  const std::vector<Evidence> runs = {clean_run(usual_sites())};
  const Evidence trial = cleaning_up(FaultPlan::parse("ctrl-c@quiet:1"));
  ASSERT_TRUE(goes_on_after_fault(trial));
  const std::vector<SiteRecord> sites = sites_after_fault(trial, runs);
  ASSERT_THAT(sites, SizeIs(1));
  EXPECT_EQ(sites[0].site.print(), "0:unlink:1");
  const EnumerateOptions options{.kinds = second_fault_kinds(), .target = Target{}};
  EXPECT_THAT(printed(second_plans(trial, runs, options, 1)),
              ElementsAre("ctrl-c@quiet:1,kill@0:unlink:1:after", "ctrl-c@quiet:1,ctrl-c@0:unlink:1:after",
                          "ctrl-c@quiet:1,kill@0:unlink:1", "ctrl-c@quiet:1,ctrl-c@0:unlink:1"));
}

TEST(SecondFaults, KnowACallOfTheUsualRunByItsCode) {
  Evidence trial = cleaning_up(FaultPlan::parse("ctrl-c@quiet:1"));
  std::vector<SiteRecord> usual = usual_sites();
  usual.push_back(call_site("0:unlink:1", "unlink", 3, "/tmp/a"));
  EXPECT_THAT(sites_after_fault(trial, std::vector{clean_run(usual)}), IsEmpty());
  usual.back().stack_key = 9;
  EXPECT_THAT(sites_after_fault(trial, std::vector{clean_run(usual)}), SizeIs(1));
}

TEST(SecondFaults, LeaveOutTheStruckCallAndWhatCameBefore) {
  Evidence trial = cleaning_up(FaultPlan::parse("ctrl-c@0:unlink:1"));
  EXPECT_THAT(sites_after_fault(trial, {}), SizeIs(1));  // the close alone
  trial.events.erase(trial.events.begin() + 2);
  EXPECT_THAT(sites_after_fault(trial, {}), IsEmpty());  // nothing has fired
}

TEST(SecondFaults, NeedAFirstThatLeavesSomethingToDo) {
  const FaultPlan plan = FaultPlan::parse("kill@0:write:1");
  EXPECT_FALSE(goes_on_after_fault(struck_run(plan)));
  EXPECT_FALSE(goes_on_after_fault(testing::missed_run(plan)));
  EXPECT_FALSE(goes_on_after_fault(clean_run({})));
  Evidence hung = cleaning_up(plan);
  hung.hang = Hang{};
  EXPECT_FALSE(goes_on_after_fault(hung));
  EXPECT_EQ(reaction_of(cleaning_up(FaultPlan::parse("ctrl-c@quiet:1"))), "ctrl-c caught by prog");
}

std::vector<SecondPlan> plans_of_ways(const std::vector<std::string>& ways) {
  std::vector<SecondPlan> plans;
  for (const std::string& way : ways) plans.push_back({.plan = {}, .first = plans.size(), .reaction = {}, .way = way});
  return plans;
}

TEST(SecondFaults, AreDrawnOneOfEveryWayFirst) {
  const std::vector<SecondPlan> all = plans_of_ways({"a", "a", "a", "a", "a", "b", "c"});
  EXPECT_THAT(choose_second_plans(all, 7), SizeIs(7));
  EXPECT_EQ(choose_second_plans(all, 7)[0].first, 0U);
  std::vector<std::string> drawn;
  for (const SecondPlan& one : choose_second_plans(all, 3)) drawn.push_back(one.way);
  EXPECT_THAT(drawn, ::testing::UnorderedElementsAre("a", "b", "c"));
}

TEST(SecondFaults, LetReactionsTakeTurns) {
  std::vector<SecondPlan> all = plans_of_ways({"a", "b", "c", "d"});
  all[0].reaction = all[1].reaction = all[2].reaction = "ctrl-c caught";
  std::vector<std::string> drawn;
  for (const SecondPlan& one : choose_second_plans(all, 3)) drawn.push_back(one.way);
  EXPECT_THAT(drawn, ElementsAre("a", "d", "b"));
}

TEST(SecondFaults, StrikeTheOthersWhileOneIsHeld) {
  Evidence trial = cleaning_up(FaultPlan::parse("pause=50ms@0.1:lock:1"));
  trial.faults.front().landing = Landing::held;
  trial.faults.front().call = "flock";
  EXPECT_FALSE(goes_on_after_fault(trial)) << "it was not held yet";
  trial.faults.front().hold = Hold{.lasted = Micros{50'000}, .cut_short = false};
  EXPECT_TRUE(goes_on_after_fault(trial));
  EXPECT_THAT(reaction_of(trial), ::testing::HasSubstr("held by prog at flock"));
  trial.events.back().at = Micros{50'001};  // the last of them comes too late
  const std::vector<SiteRecord> sites = sites_after_fault(trial, std::vector{clean_run(trial.sites)});
  ASSERT_THAT(sites, SizeIs(1));
  EXPECT_EQ(sites[0].site.print(), "0:unlink:1");
  trial.faults.front().fault.pause.reset();
  EXPECT_FALSE(goes_on_after_fault(trial)) << "without a length it ends when nobody else runs";
}

class SecondCampaign : public ::testing::Test {
 protected:
  static Evidence answer(const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run(usual_sites());
    if (request.plan.faults.size() == 1) return cleaning_up(request.plan);
    return request.plan.faults[1].action == Action::kill ? testing::orphaning_run(request.plan)
                                                         : struck_run(request.plan);
  }

  CampaignResult run(std::uint64_t bound) {
    SearchOptions options;
    options.faults.kinds = parse_fault_kinds("ctrl-c");
    options.second_plans = bound;
    CampaignListener nobody;
    Scenario scenario;
    scenario.command = {"prog"};
    return run_campaign(trials_, scenario, options, nobody);
  }

  FakeTrials trials_{answer};
};

TEST_F(SecondCampaign, TriesSecondFaultsAndReplaysTheirFindings) {
  const CampaignResult result = run(200);
  ASSERT_TRUE(result.second);
  EXPECT_EQ(result.second->reactions, 3U);
  EXPECT_EQ(result.second->looked_at, 3U);
  EXPECT_EQ(result.second->followed, 3U);
  EXPECT_EQ(result.second->tried, result.second->plans);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].plan.print(), "ctrl-c@quiet:1,kill@0:unlink:1:after");
  EXPECT_EQ(result.findings[0].same, 5U);
  EXPECT_EQ(result.trials.planned, result.trials.total);
}

TEST_F(SecondCampaign, StaysWithinItsBoundAndSaysWhatItLeftOut) {
  const CampaignResult result = run(2);
  EXPECT_EQ(result.second->tried, 2U);
  EXPECT_EQ(result.second->looked_at, 2U);
  EXPECT_EQ(result.second->followed, 2U);
  EXPECT_GT(result.second->plans, 2U);
}

/// Of a program with 40 sites that reacts to every fault: the positions, among all first faults, of those that are
/// looked at for at most eight second ones.
std::vector<std::ptrdiff_t> looks_of_eight(unsigned workers) {
  const auto sites = [](std::vector<SiteRecord> more) {
    for (std::uint64_t i = 1; i <= 40; ++i) more.push_back(call_site(fmt::format("0:write:{}", i), "write", i));
    return more;
  };
  testing::FakeTrials trials(
      [&](const TrialRequest& request) {
        Evidence trial = request.plan.faults.empty() ? clean_run(sites({})) : cleaning_up(request.plan);
        if (!request.plan.faults.empty()) trial.sites = sites(std::move(trial.sites));
        return trial;
      },
      workers);
  SearchOptions options;
  options.faults.kinds = parse_fault_kinds("ctrl-c");
  options.second_plans = 8;
  CampaignListener nobody;
  Scenario scenario;
  scenario.command = {"prog"};
  const CampaignResult result = run_campaign(trials, scenario, options, nobody);
  EXPECT_EQ(result.second->looked_at, 8U);
  std::vector<std::string> firsts;
  std::vector<std::ptrdiff_t> looks;
  for (const TrialRequest& request : trials.requests) {
    if (request.plan.faults.size() != 1) continue;
    const auto known = std::ranges::find(firsts, request.plan.print());
    if (known == firsts.end()) {
      firsts.push_back(request.plan.print());
    } else if (request.sites) {
      looks.push_back(known - firsts.begin());
    }
  }
  EXPECT_GE(firsts.size(), 40U);
  // Each half of the first faults has looks, and each half of a half.
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const auto low = static_cast<std::ptrdiff_t>(quarter * firsts.size() / 4);
    const auto high = static_cast<std::ptrdiff_t>((quarter + 1) * firsts.size() / 4);
    EXPECT_TRUE(std::ranges::any_of(looks, [&](std::ptrdiff_t look) { return look >= low && look < high; }))
        << "of " << firsts.size() << ", quarter " << quarter << ": " << ::testing::PrintToString(looks);
  }
  return looks;
}

TEST(SecondLooks, AreSpreadOverAllFirstFaultsWhateverTheWorkers) {
  EXPECT_EQ(looks_of_eight(1), looks_of_eight(3));
}

TEST_F(SecondCampaign, IsNotMadeUnlessAskedFor) {
  EXPECT_FALSE(run(0).second);
  const std::vector<std::string> plans = trials_.plans();
  EXPECT_TRUE(std::ranges::none_of(plans, [](const std::string& plan) { return plan.find(',') != std::string::npos; }));
}

TEST_F(SecondCampaign, DoesNotBlameTheSecondForWhatTheFirstDoes) {
  trials_ = FakeTrials([](const TrialRequest& request) {
    Evidence evidence = answer(request);
    if (request.plan.faults.empty()) return evidence;
    const Evidence orphaning = testing::orphaning_run(request.plan);
    evidence.survivors = orphaning.survivors;
    evidence.processes.at(1) = orphaning.processes.at(1);
    return evidence;
  });
  const CampaignResult result = run(200);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].plan.faults.size(), 1U);
}

}  // namespace
}  // namespace exitproof
