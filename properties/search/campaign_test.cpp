#include "exitproof/campaign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using testing::FakeTrials;
using testing::missed_run;
using testing::orphaning_run;
using testing::quiet_site;
using testing::struck_run;

std::vector<SiteRecord> few_sites() {
  return {quiet_site(1, {"0", "0.1"}), call_site("0:open:1", "openat", 1), call_site("0:write:1", "write", 2),
          call_site("0.1:write:1", "write", 3)};
}

Scenario some_scenario() {
  Scenario scenario;
  scenario.command = {"prog"};
  return scenario;
}

SearchOptions only_kill() {
  SearchOptions options;
  options.faults.kinds = parse_fault_kinds("kill");
  options.seed = 42;
  return options;
}

/// Survives everything.
Evidence robust(const TrialRequest& request) {
  return request.plan.faults.empty() ? clean_run(few_sites()) : struck_run(request.plan);
}

CampaignResult run(FakeTrials& trials, const SearchOptions& options) {
  CampaignListener nobody;
  return run_campaign(trials, some_scenario(), options, nobody);
}

std::uint64_t sum(const Tally& tally) {
  return tally.held + tally.violated + tally.not_exercised + tally.flaky + tally.harness_error;
}

TEST(Campaign, TriesEveryPlanOnceWhenAllHolds) {
  FakeTrials trials(robust);
  const CampaignResult result = run(trials, only_kill());
  EXPECT_TRUE(result.findings.empty());
  EXPECT_EQ(result.trials.planned, 6U);
  EXPECT_EQ(result.trials.total, 6U);
  EXPECT_EQ(result.trials.held, 6U);
  EXPECT_EQ(result.sites_tried, 4U);
  EXPECT_EQ(trials.requests.size(), 3U + 6U);
}

TEST(Campaign, TellsOfEachTrial) {
  struct Heard : CampaignListener {
    void tried(const TriedPlan& trial) override {
      told.push_back(trial.plan.print() + ' ' + std::string(verdict_name(trial.judgement.verdict)));
    }
    std::vector<std::string> told;
  } heard;
  FakeTrials trials([](const TrialRequest& request) {
    return request.plan.print() == "kill@0:write:1" ? orphaning_run(request.plan) : robust(request);
  });
  SearchOptions options = only_kill();
  options.explore = Explore::smoke;
  const CampaignResult result = run_campaign(trials, some_scenario(), options, heard);
  EXPECT_EQ(heard.told.size(), result.trials.total);
  EXPECT_THAT(heard.told, ::testing::Contains("kill@0:open:1 held"));
  EXPECT_THAT(heard.told, ::testing::Not(::testing::Contains("kill@0:write:1 violated"))) << "no end of its kind";
  EXPECT_FALSE(result.out_of_time);
}

TEST(Campaign, AsksTheSurveyForSitesAndTheTrialsForNothing) {
  FakeTrials trials(robust);
  run(trials, only_kill());
  for (const TrialRequest& request : trials.requests) {
    const bool survey = request.plan.faults.empty();
    EXPECT_EQ(request.sites, survey);
    EXPECT_EQ(request.stacks, survey);
    EXPECT_EQ(request.decide_waiting, survey);
    EXPECT_EQ(request.classes.any(), survey);
  }
}

TEST(Campaign, LooksWhoMakesFilesWhereThatDecides) {
  FakeTrials trials([](const TrialRequest& request) {
    if (!request.plan.faults.empty()) return struck_run(request.plan);
    Evidence evidence =
        clean_run({call_site("0:open:1", "openat", 1, "/tmp/a"), call_site("0.1:open:1", "openat", 2, "/tmp/b")});
    evidence.processes.at(1).executable = "/bin/child";
    return evidence;
  });
  run(trials, only_kill());
  for (const TrialRequest& request : trials.requests) {
    if (request.plan.faults.empty()) continue;
    const bool of_child = request.plan.print().starts_with("kill@0.1");
    EXPECT_EQ(request.classes, of_child ? trespass_classes() : CallClasses{}) << request.plan.print();
  }
}

TEST(Campaign, AddsExceptionsWhereAnAgentIsActiveWhenToldTo) {
  const auto plans = [](bool told, bool active) {
    FakeTrials trials([&](const TrialRequest& request) {
      Evidence evidence = request.plan.faults.empty() ? clean_run({call_site("0:new:1", {}, 1)}) : robust(request);
      if (!active) evidence.agents.clear();
      return evidence;
    });
    SearchOptions options = only_kill();
    options.exceptions_where_told = told;
    return run(trials, options).trials.planned;
  };
  EXPECT_EQ(plans(true, true), 1U);
  EXPECT_EQ(plans(false, true), 0U);
  EXPECT_EQ(plans(true, false), 0U);
}

TEST(Campaign, NamesTheKindsThatNothingStandsFor) {
  const auto skipped = [](std::string_view kinds, std::string_view target) {
    FakeTrials trials(robust);
    SearchOptions options = only_kill();
    options.faults = {.kinds = parse_fault_kinds(kinds), .target = Target::parse(target)};
    return run(trials, options).skipped;
  };
  EXPECT_TRUE(skipped("kill,ctrl-c", "any").empty());
  EXPECT_THAT(skipped("kill,epipe", "any"),
              ::testing::ElementsAre(Skip{"epipe", "the fault-free runs do nothing that can be struck so"}));
  EXPECT_THAT(skipped("kill,ctrl-c,signals", "command=nosuch"),
              ::testing::ElementsAre(Skip{"kill,signals", "no process of the fault-free runs is named nosuch"}));
}

TEST(Campaign, SaysWhatTheWorldRefused) {
  FakeTrials trials([](const TrialRequest& request) {
    Evidence evidence = robust(request);
    evidence.denied = {"mount by prog (0)"};
    return evidence;
  });
  const CampaignResult result = run(trials, only_kill());
  ASSERT_EQ(result.skipped.size(), 1U);
  EXPECT_EQ(result.skipped[0], (Skip{"calls refused in the world", "mount by prog (0)"}));
}

TEST(Campaign, MakesTheNextRunWhereATrialLeavesSomethingElse) {
  FileChange output;
  output.path = "/project/out";
  FakeTrials trials([&](const TrialRequest& request) {
    Evidence evidence = robust(request);
    evidence.files = {output};
    return request.plan.faults.empty() ? testing::run_twice(std::move(evidence)) : evidence;
  });
  run(trials, only_kill());
  for (const TrialRequest& request : trials.requests) {
    const bool survey = request.plan.faults.empty();
    EXPECT_EQ(request.next_run, survey ? NextRunWhen::always : NextRunWhen::when_left);
    EXPECT_EQ(request.clean_state, survey ? std::vector<std::string>{} : std::vector{state_of(output)});
  }
}

TEST(Campaign, ASurveyAloneNeedsNoNextRun) {
  FakeTrials trials(robust);
  SearchOptions options = only_kill();
  options.survey_only = true;
  run(trials, options);
  for (const TrialRequest& request : trials.requests) EXPECT_EQ(request.next_run, NextRunWhen::never);
}

TEST(Campaign, ReportsABlockedNextRun) {
  FakeTrials trials([&](const TrialRequest& request) {
    if (request.plan.faults.empty()) return testing::run_twice(clean_run(few_sites()));
    Evidence evidence = testing::run_twice(struck_run(request.plan));
    if (request.plan.print() == "kill@0:open:1") evidence.next_run->root_end = WaitStatus::exited(1);
    return evidence;
  });
  const CampaignResult result = run(trials, only_kill());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().violation.invariant, "restarts");
  EXPECT_EQ(result.findings.front().violation.recovery, Recovery::blocked);
}

TEST(Campaign, IsTheSameForTheSameSeed) {
  const auto plans_with = [](std::uint64_t seed, unsigned workers) {
    std::vector<SiteRecord> sites;
    for (int i = 1; i <= 50; ++i) sites.push_back(call_site("0:write:" + std::to_string(i), "write", 1));
    FakeTrials trials(
        [&](const TrialRequest& request) {
          return request.plan.faults.empty() ? clean_run(sites) : struck_run(request.plan);
        },
        workers);
    SearchOptions options = only_kill();
    options.seed = seed;
    run(trials, options);
    return trials.plans();
  };
  EXPECT_EQ(plans_with(1, 1), plans_with(1, 1));
  EXPECT_EQ(plans_with(1, 1), plans_with(1, 3));
  EXPECT_NE(plans_with(1, 1), plans_with(2, 1));
}

TEST(Campaign, ReplaysWhatVirtualTimeShowsOnceInRealTime) {
  FakeTrials trials([](const TrialRequest& request) {
    const std::string plan = request.plan.print();
    const bool shows = plan == "kill@0:open:1" || (plan == "kill@0.1:write:1" && !request.real_time);
    return shows ? orphaning_run(request.plan) : robust(request);
  });
  Scenario scenario = some_scenario();
  scenario.time_mode = TimeMode::virtual_;
  SearchOptions options = only_kill();
  options.replays = 3;
  CampaignListener nobody;
  const CampaignResult result = run_campaign(trials, scenario, options, nobody);
  ASSERT_FALSE(result.findings.empty());
  for (const Finding& finding : result.findings) {
    EXPECT_EQ(finding.replayed, 3U);
    EXPECT_EQ(finding.same, 3U);
    EXPECT_EQ(finding.in_real_time, std::optional(finding.plan.print() == "kill@0:open:1")) << finding.plan.print();
  }
  const auto really = std::ranges::count_if(trials.requests, &TrialRequest::real_time);
  EXPECT_EQ(static_cast<std::size_t>(really), result.findings.size());
}

TEST(Campaign, GroupsViolationsAndReplaysTheEarliestPlan) {
  FakeTrials trials([](const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run(few_sites());
    const std::string plan = request.plan.print();
    return plan == "kill@0:open:1" || plan == "kill@0:write:1" ? orphaning_run(request.plan) : struck_run(request.plan);
  });
  const CampaignResult result = run(trials, only_kill());
  ASSERT_EQ(result.findings.size(), 1U);
  const Finding& finding = result.findings.front();
  EXPECT_EQ(finding.violation.invariant, "no-orphans");
  EXPECT_EQ(finding.plan.print(), "kill@0:open:1");
  EXPECT_EQ(finding.trials, 2U);
  EXPECT_EQ(finding.replayed, 5U);
  EXPECT_EQ(finding.same, 5U);
  EXPECT_FALSE(finding.flaky());
  EXPECT_EQ(result.trials.violated, 2U);
  EXPECT_EQ(result.trials.held, 4U);
  const auto close_looks = std::count_if(
      trials.requests.begin(), trials.requests.end(),
      [](const TrialRequest& request) { return !request.plan.faults.empty() && request.events && request.stacks; });
  EXPECT_EQ(close_looks, 1);
}

/// Leaves an output with the minute of a clock, which passes after so many runs; a trial cuts another one.
Evidence tells_minute(const TrialRequest& request, unsigned& runs, unsigned minute_passes_after) {
  const bool struck = !request.plan.faults.empty();
  Evidence evidence = struck ? struck_run(request.plan) : clean_run(few_sites());
  if (struck) evidence.root_end = evidence.processes.front().end = WaitStatus::exited(0);
  const auto leave = [&](const std::string& path, const std::string& digest) {
    FileChange& file = evidence.files.emplace_back();
    file.path = path;
    file.digest = digest;
    file.size = 5;
  };
  leave("/srv/minute", runs++ < minute_passes_after ? "12:00" : "12:01");
  leave("/srv/other", struck && request.plan.print() == "kill@0:write:1" ? "cut" : "whole");
  return evidence;
}

TEST(Campaign, TakesBackWhatALaterFaultFreeRunShowsToVary) {
  for (const unsigned passes_after : {4U, 1'000U}) {
    unsigned runs = 0;
    FakeTrials trials([&](const TrialRequest& request) { return tells_minute(request, runs, passes_after); }, 1);
    const CampaignResult result = run(trials, only_kill());
    ASSERT_EQ(result.findings.size(), 1U) << passes_after;
    EXPECT_EQ(result.findings.front().violation.subject, "/srv/other");
    EXPECT_EQ(result.findings.front().same, 5U);
    EXPECT_EQ(result.trials.violated, 1U);
    EXPECT_EQ(sum(result.trials), result.trials.total);
    const bool said = std::ranges::any_of(result.skipped, [](const Skip& skip) {
      return skip.check == "whole-outputs" && skip.why.starts_with("/srv/minute is another after one more fault-free");
    });
    EXPECT_EQ(said, passes_after == 4);
  }
}

TEST(Campaign, AFindingThatDoesNotReplayIsFlakyAndSaysItsRate) {
  int seen = 0;
  FakeTrials trials([&](const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run(few_sites());
    if (request.plan.print() != "kill@0:open:1") return struck_run(request.plan);
    return seen++ % 2 == 0 ? orphaning_run(request.plan) : struck_run(request.plan);
  });
  const CampaignResult result = run(trials, only_kill());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().replayed, 5U);
  EXPECT_EQ(result.findings.front().same, 2U);
  EXPECT_TRUE(result.findings.front().flaky());
  EXPECT_EQ(result.trials.flaky, 1U);
  EXPECT_EQ(result.trials.violated, 0U);
  EXPECT_EQ(result.trials.total, sum(result.trials));
}

TEST(Campaign, AnotherPlanMaySpeakForAFindingWhoseFirstPlanIsFlaky) {
  int seen = 0;
  FakeTrials trials([&](const TrialRequest& request) {
    if (request.plan.faults.empty()) return clean_run(few_sites());
    const std::string plan = request.plan.print();
    if (plan == "kill@0:write:1") return orphaning_run(request.plan);
    return plan == "kill@0:open:1" && seen++ == 0 ? orphaning_run(request.plan) : struck_run(request.plan);
  });
  const CampaignResult result = run(trials, only_kill());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().plan.print(), "kill@0:write:1");
  EXPECT_EQ(result.findings.front().same, 5U);
}

TEST(Campaign, WhatDidNotFireIsNeverAPass) {
  FakeTrials trials([](const TrialRequest& request) {
    return request.plan.faults.empty() ? clean_run(few_sites()) : missed_run(request.plan);
  });
  const CampaignResult result = run(trials, only_kill());
  EXPECT_EQ(result.trials.not_exercised, 6U);
  EXPECT_EQ(result.trials.held, 0U);
  EXPECT_EQ(result.sites_tried, 0U);
}

TEST(Campaign, AHarnessErrorIsTriedOnceMoreAndThenCounted) {
  FakeTrials trials([](const TrialRequest& request) {
    Evidence evidence = robust(request);
    if (request.plan.print() == "kill@0:open:1") evidence.harness_error = "no luck";
    return evidence;
  });
  const CampaignResult result = run(trials, only_kill());
  EXPECT_EQ(result.trials.harness_error, 1U);
  EXPECT_EQ(result.trials.held, 5U);
  EXPECT_EQ(result.harness_errors, std::vector<std::string>{"no luck"});
  EXPECT_EQ(trials.requests.size(), 3U + 7U);
}

TEST(Campaign, EndsWithItsTrialsOrItsTime) {
  FakeTrials counted(robust, 1);
  SearchOptions options = only_kill();
  options.max_trials = 2;
  EXPECT_EQ(run(counted, options).trials.total, 2U);

  FakeTrials timed(robust, 1);
  options = only_kill();
  options.time = Millis{1'000};
  int ticks = 0;
  options.now = [&] { return std::chrono::steady_clock::time_point(Millis{400 * ticks++}); };
  const CampaignResult result = run(timed, options);
  EXPECT_EQ(result.trials.total, 2U);
  EXPECT_EQ(result.trials.planned, 6U);
}

/// Every trial takes a tenth of a second, and so does its evidence say.
struct SlowTrials {
  FakeTrials trials{[](const TrialRequest& request) {
                      Evidence evidence =
                          request.plan.faults.empty() ? clean_run(few_sites()) : orphaning_run(request.plan);
                      evidence.took = Millis{100};
                      return evidence;
                    },
                    1};

  CampaignResult run_for(Millis time) {
    SearchOptions options = only_kill();
    options.time = time;
    options.now = [this] { return std::chrono::steady_clock::time_point(Millis{100} * trials.requests.size()); };
    return run(trials, options);
  }
};

TEST(Campaign, KeepsTimeForTheReplays) {
  const CampaignResult result = SlowTrials().run_for(Millis{1'000});
  EXPECT_EQ(result.trials.total, 5U) << "half of the time is for trials all the same";
  EXPECT_EQ(result.findings.front().replayed, 5U);
}

TEST(Campaign, ReplaysEachFindingOnceEvenWhenTheTimeIsOver) {
  SlowTrials slow;
  const CampaignResult result = slow.run_for(Millis{100});
  EXPECT_EQ(result.trials.total, 1U);
  EXPECT_EQ(result.findings.front().replayed, 1U);
  EXPECT_EQ(slow.trials.requests.size(), 3U + 1U + 1U);
}

TEST(Campaign, StopsWhereAFaultChangedTheMachineForGood) {
  const auto destroys = [](const TrialRequest& request) {
    Evidence evidence = robust(request);
    if (!request.plan.faults.empty()) evidence.lasting_changes = {"/srv/precious: it was deleted"};
    return evidence;
  };
  FakeTrials trials(destroys, 1);
  const CampaignResult result = run(trials, only_kill());
  EXPECT_EQ(result.trials.total, 1U);
  EXPECT_TRUE(result.gave_up);
  EXPECT_TRUE(std::ranges::any_of(result.skipped, [](const Skip& skip) {
    return skip.check.starts_with("trials after kill") && skip.why.starts_with("/srv/precious");
  }));
}

TEST(Campaign, SaysWhyThereIsNothingToTry) {
  const auto without_agents = [](const TrialRequest& request) {
    Evidence evidence = robust(request);
    evidence.agents.clear();
    return evidence;
  };
  FakeTrials trials(without_agents, 1);
  SearchOptions options;
  options.faults.kinds = parse_fault_kinds("exception");
  const auto why = [](const CampaignResult& result, std::string_view check) {
    const auto found = std::ranges::find(result.skipped, check, &Skip::check);
    return found == result.skipped.end() ? std::string() : found->why;
  };
  EXPECT_THAT(why(run(trials, options), "exceptions"), ::testing::HasSubstr("no agent and no probe spoke"));
  Scenario quiet = some_scenario();
  quiet.agents = false;
  CampaignListener nobody;
  EXPECT_THAT(why(run_campaign(trials, quiet, options, nobody), "exceptions"), ::testing::HasSubstr("agents are off"));
  options.faults.kinds = parse_fault_kinds("epipe");
  EXPECT_THAT(why(run(trials, options), "faults"), ::testing::HasSubstr("can be struck by epipe"));
}

TEST(Campaign, CountsWhoGoesOnByATimerAndTellsOfIt) {
  FakeTrials trials([](const TrialRequest& request) {
    Evidence evidence = robust(request);
    if (request.plan.faults.empty()) return evidence;
    evidence.root_end.reset();
    evidence.end_was_asked = false;
    evidence.faults.front().landing = Landing::call;
    evidence.hang.emplace().by_timer = true;
    return evidence;
  });
  SearchOptions options = only_kill();
  options.faults.kinds = parse_fault_kinds("errno");
  const CampaignResult result = run(trials, options);
  EXPECT_GT(result.trials.not_ended, 0U);
  EXPECT_EQ(result.trials.not_ended, result.trials.not_exercised);
  EXPECT_TRUE(
      std::ranges::any_of(result.notes, [](const CountedNote& one) { return one.note.invariant == "no-hang"; }));
}

TEST(Campaign, AnInterruptKeepsWhatItHas) {
  FakeTrials trials(
      [](const TrialRequest& request) {
        return request.plan.faults.empty() ? clean_run(few_sites()) : orphaning_run(request.plan);
      },
      1);
  trials.interrupt_after = 5;
  const CampaignResult result = run(trials, only_kill());
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.trials.total, 2U);
  EXPECT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings.front().replayed, 0U);
}

TEST(Campaign, TriesTheRootFirstWhenTheSubjectDoesNotEnd) {
  FakeTrials trials([](const TrialRequest& request) {
    Evidence evidence = robust(request);
    if (request.plan.faults.empty()) {
      evidence.cut_by_harness = true;
      evidence.root_end.reset();
    }
    return evidence;
  });
  run(trials, only_kill());
  EXPECT_THAT(trials.plans(), ::testing::ElementsAre("kill@0:quiet:1", "kill@0:open:1:after", "kill@0:open:1",
                                                     "kill@0:write:1", "kill@0.1:quiet:1", "kill@0.1:write:1"));
}

TEST(Campaign, AViolationWithoutAFaultIsReportedOnce) {
  FakeTrials trials([](const TrialRequest& request) {
    if (!request.plan.faults.empty()) return orphaning_run(request.plan);
    Evidence evidence = orphaning_run({});
    evidence.processes.front().struck = false;
    evidence.sites = few_sites();
    return evidence;
  });
  const CampaignResult result = run(trials, only_kill());
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().kind, FaultKind::none);
  EXPECT_EQ(result.findings.front().plan.print(), "none");
  EXPECT_EQ(result.findings.front().same, 3U);
  EXPECT_EQ(result.findings.front().replayed, 3U);
  EXPECT_EQ(result.trials.held, 6U);

  SearchOptions strict = only_kill();
  strict.strict = true;
  EXPECT_EQ(run(trials, strict).trials.total, 0U);
}

TEST(Campaign, ARefusedSurveyIsTheWholeResult) {
  FakeTrials trials([](const TrialRequest&) {
    Evidence evidence;
    evidence.harness_error = "cannot execute prog";
    return evidence;
  });
  const CampaignResult result = run(trials, only_kill());
  EXPECT_EQ(result.survey.refusal, "cannot execute prog");
  EXPECT_EQ(result.trials.total, 0U);
}

}  // namespace
}  // namespace exitproof
