#include "exitproof/enumerate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "exitproof/parse_error.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using testing::quiet_site;

Catalog catalog_of(std::vector<SiteRecord> sites) {
  return make_catalog(std::vector{clean_run(std::move(sites))}, 1);
}

std::vector<std::string> plans_of(const Catalog& catalog, std::string_view kinds, Target target = Target{}) {
  std::vector<std::string> plans;
  for (const FaultPlan& plan : enumerate_plans(catalog, {.kinds = parse_fault_kinds(kinds), .target = target})) {
    plans.push_back(plan.print());
  }
  return plans;
}

TEST(Enumerate, QuietMomentsComeFirstAndStrikeEachProcessAlive) {
  const Catalog catalog = catalog_of({call_site("0:write:1", "write", 1), quiet_site(1, {"0", "0.1"})});
  EXPECT_THAT(plans_of(catalog, "kill,ctrl-c"), ElementsAre("kill@0:quiet:1", "ctrl-c@quiet:1", "kill@0.1:quiet:1",
                                                            "kill@0:write:1", "ctrl-c@0:write:1"));
}

TEST(Enumerate, CallsThatChangeTheWorldAreStruckAfterTheirEffectToo) {
  const Catalog catalog = catalog_of({call_site("0:open:1", "openat", 1), call_site("0:close:1", "close", 2)});
  EXPECT_THAT(plans_of(catalog, "kill"), ElementsAre("kill@0:open:1:after", "kill@0:open:1", "kill@0:close:1"));
}

TEST(Enumerate, ChiefActionsComeFirstAndOfThemThoseAtTellingCalls) {
  const Catalog catalog = catalog_of({call_site("0:close:1", "close", 1), call_site("0:fork:1", "clone", 2)});
  const std::vector<std::string> plans = plans_of(catalog, "kill,signals,errno");
  ASSERT_GT(plans.size(), 8U);
  EXPECT_THAT(std::vector(plans.begin(), plans.begin() + 5),
              ElementsAre("kill@0:fork:1:after", "SIGTERM@0:fork:1:after", "EAGAIN@0:fork:1", "kill@0:fork:1",
                          "SIGTERM@0:fork:1"));
  const auto place = [&](std::string_view plan) { return std::ranges::find(plans, plan) - plans.begin(); };
  EXPECT_LT(place("kill@0:close:1"), place("SIGHUP@0:fork:1"));
  EXPECT_LT(place("SIGHUP@0:fork:1"), place("SIGHUP@0:close:1"));
}

TEST(Enumerate, OneMemberOfEveryClassComesBeforeTheSecondOfAny) {
  std::vector<SiteRecord> sites;
  for (int i = 1; i <= 9; ++i) sites.push_back(call_site("0:write:" + std::to_string(i), "write", 1));
  for (int i = 1; i <= 2; ++i) sites.push_back(call_site("0:close:" + std::to_string(i), "close", 2));
  const std::vector<std::string> plans = plans_of(catalog_of(sites), "kill,ctrl-c");
  ASSERT_EQ(plans.size(), 10U);
  EXPECT_THAT(std::vector(plans.begin(), plans.begin() + 8),
              ElementsAre("kill@0:write:1", "ctrl-c@0:write:1", "kill@0:close:1", "ctrl-c@0:close:1",  //
                          "kill@0:write:9", "ctrl-c@0:write:9", "kill@0:close:2", "ctrl-c@0:close:2"));
}

TEST(Enumerate, TargetRootLeavesTheOthersAloneButNotTheTerminal) {
  const Catalog catalog = catalog_of(
      {quiet_site(1, {"0", "0.1"}), call_site("0.1:write:1", "write", 1), call_site("0/1:write:1", "write", 2)});
  EXPECT_THAT(
      plans_of(catalog, "kill,ctrl-c", Target{Target::Role::root}),
      ElementsAre("kill@0:quiet:1", "ctrl-c@quiet:1", "kill@0/1:write:1", "ctrl-c@0/1:write:1", "ctrl-c@0.1:write:1"));
}

TEST(Enumerate, ExceptionsStrikeWhereTheyCanBeThrownAndNothingElseDoes) {
  const Catalog catalog =
      catalog_of({call_site("0:new:1", {}, 1), call_site("0:line=report:1", {}, 2), call_site("0:call=report:1", {}, 3),
                  call_site("0:write:1", "write", 4), quiet_site(1, {"0"})});
  EXPECT_THAT(
      plans_of(catalog, "exception"),
      ElementsAre("bad-alloc@0:new:1", "raise=KeyboardInterrupt@0:line=report:1", "raise=MemoryError@0:line=report:1",
                  "raise=KeyboardInterrupt@0:call=report:1", "raise=MemoryError@0:call=report:1"));
  EXPECT_THAT(plans_of(catalog, "kill,errno,pause,ctrl-c"), Not(Contains(::testing::HasSubstr("report"))));
  EXPECT_THAT(plans_of(catalog, "kill,errno,pause,ctrl-c"), Not(Contains(::testing::HasSubstr("new"))));
}

TEST(Enumerate, PointsOfTheProbeAreStruckInEveryWayButThoseOfCalls) {
  const Catalog catalog = catalog_of({call_site("0.1:probe=save:2", {}, 1)});
  EXPECT_THAT(plans_of(catalog, "kill,ctrl-c,full,errno,exception"),
              ElementsAre("kill@0.1:probe=save:2", "ctrl-c@0.1:probe=save:2", "throw@0.1:probe=save:2"));
  EXPECT_THAT(plans_of(catalog, "kill,ctrl-c,exception", Target{Target::Role::root}),
              ElementsAre("ctrl-c@0.1:probe=save:2"));
}

TEST(Enumerate, PointsOfOneStackFoldAsCallsDo) {
  std::vector<SiteRecord> sites;
  for (int i = 1; i <= 9; ++i) sites.push_back(call_site("0:new:" + std::to_string(i), {}, 1));
  EXPECT_EQ(plans_of(catalog_of(sites), "exception").size(), 3U);
}

TEST(Enumerate, EveryKindMakesPlans) {
  const Catalog catalog = catalog_of({quiet_site(1, {"0"}), call_site("0:write:1", "write", 1, "/tmp/a"),
                                      call_site("0:out:1", "write", 2, "stdout"), call_site("0:probe=save:1", {}, 3)});
  for (const FaultKind kind : all_fault_kinds()) {
    if (kind == FaultKind::none) continue;
    const std::vector<std::string> plans = plans_of(catalog, fault_kind_name(kind));
    EXPECT_FALSE(plans.empty()) << fault_kind_name(kind);
    for (const std::string& plan : plans) EXPECT_EQ(FaultPlan::parse(plan).print(), plan);
  }
}

TEST(Enumerate, AFailingCallFailsOnlyAsItCan) {
  const Catalog catalog =
      catalog_of({call_site("0:open:1", "openat", 1, "/tmp/a"), call_site("0:write:1", "write", 2, "/tmp/a"),
                  call_site("0:write:2", "write", 3, "pipe:[7]"), call_site("0:out:1", "write", 4, "stdout"),
                  call_site("0:out:2", "write", 5, "stderr"), call_site("0:fork:1", "clone", 6)});
  EXPECT_THAT(plans_of(catalog, "full"), ElementsAre("full@0:open:1", "full@0:write:1"));
  EXPECT_THAT(plans_of(catalog, "enospc"),
              ElementsAre("full@0:open:1", "ENOSPC@0:open:1", "full@0:write:1", "ENOSPC@0:write:1", "ENOSPC@0:out:1",
                          "ENOSPC+@0:open:1", "ENOSPC+@0:write:1", "ENOSPC+@0:out:1"));
  EXPECT_THAT(plans_of(catalog, "epipe"), ElementsAre("epipe@0:out:1"));
  EXPECT_THAT(plans_of(catalog, "short"),
              ElementsAre("short=1@0:write:1", "short=1@0:out:1", "short=1@0:write:2", "short=1@0:out:2"));
  const auto errors = plans_of(catalog, "errno");
  EXPECT_THAT(errors, Contains("EAGAIN@0:fork:1"));
  EXPECT_THAT(errors, Contains("EIO+@0:write:1"));
  EXPECT_THAT(errors, Not(Contains("EIO@0:write:2")));
  EXPECT_THAT(errors, Not(Contains("EIO@0:out:2")));
}

TEST(Enumerate, WhatIsNoFileOfADiskIsNotFullAndDoesNotBreak) {
  SiteRecord open = call_site("0:open:1", "openat", 1, "/dev/null");
  SiteRecord memory = call_site("0:write:2", "write", 3, "/memfd:buffer (deleted)");
  open.regular_file = memory.regular_file = false;
  const Catalog catalog = catalog_of({open, call_site("0:write:1", "write", 2, "anon_inode:[eventfd]"), memory});
  EXPECT_THAT(plans_of(catalog, "full,enospc,short"), ElementsAre());
  const auto errors = plans_of(catalog, "errno");
  EXPECT_THAT(errors, Contains("EMFILE@0:open:1"));
  EXPECT_THAT(errors, Not(Contains("EIO@0:write:1")));
}

TEST(Enumerate, ManyQuietMomentsDoNotStarveTheCalls) {
  std::vector<SiteRecord> sites;
  for (std::uint64_t i = 1; i <= 500; ++i) sites.push_back(quiet_site(i, {"0"}));
  sites.push_back(call_site("0:write:1", "write", 1));
  const std::vector<std::string> plans = plans_of(catalog_of(sites), "kill");
  EXPECT_EQ(plans.size(), 501U);
  EXPECT_EQ(std::set(plans.begin(), plans.end()).size(), 501U);
  EXPECT_THAT(std::vector(plans.begin() + 1, plans.begin() + 3), ElementsAre("kill@0:quiet:1", "kill@0:quiet:500"));
  EXPECT_EQ(plans[4], "kill@0:write:1") << "after the moments at rest they take turns";
}

TEST(Enumerate, FamiliesOfFaultsTakeTurns) {
  const Catalog catalog = catalog_of({quiet_site(1, {"0"}), call_site("0:open:1", "openat", 1, "/tmp/a"),
                                      call_site("0:fork:1", "clone", 2), call_site("0:probe=save:1", {}, 3)});
  const std::vector<std::string> plans = plans_of(catalog, "kill,signals,enospc,exception,errno");
  EXPECT_THAT(std::vector(plans.begin(), plans.begin() + 6),
              ElementsAre("SIGTERM@0:quiet:1", "kill@0:quiet:1",  // at rest
                          "SIGINT@0:quiet:1", "SIGHUP@0:quiet:1", "SIGQUIT@0:quiet:1", "SIGPIPE@0:quiet:1"));
  EXPECT_THAT(std::vector(plans.begin() + 6, plans.begin() + 12),
              ElementsAre("kill@0:open:1:after", "SIGTERM@0:open:1:after", "full@0:open:1", "throw@0:probe=save:1",
                          "EMFILE@0:open:1", "kill@0:fork:1:after"));
}

TEST(Enumerate, OneFaultOfEachSortComesBeforeTheSecondOfAny) {
  const Catalog catalog = catalog_of({call_site("0:rename:1", "rename", 1), call_site("0:rename:2", "rename", 2),
                                      call_site("0:rename:3", "rename", 3), call_site("0.1:unlink:1", "unlink", 4)});
  const std::vector<std::string> plans = plans_of(catalog, "kill");
  EXPECT_THAT(std::vector(plans.begin(), plans.begin() + 5),
              ElementsAre("kill@0:rename:1:after", "kill@0.1:unlink:1:after", "kill@0:rename:1", "kill@0.1:unlink:1",
                          "kill@0:rename:2:after"));
}

TEST(Enumerate, PausesOutlastWhatTheOthersDo) {
  const auto at = [](int ms, const std::string& site) {
    Event event;
    event.at = Millis{ms};
    event.kind = EventKind::call;
    event.site = Site::parse(site);
    event.who = std::get<ProcessPath>(*event.site->process);
    return event;
  };
  Evidence run = clean_run({call_site("0:open:1", "openat", 1), call_site("0:write:1", "write", 2),
                            call_site("0.1:sleep:1", "nanosleep", 3), call_site("0.1:write:1", "write", 4)});
  run.events = {at(0, "0:open:1"), at(1, "0.1:sleep:1"), at(2, "0:write:1"), at(61, "0.1:write:1")};
  const Catalog catalog = make_catalog(std::vector{run}, 1);
  EXPECT_THAT(plans_of(catalog, "pause"),
              ElementsAre("pause@0:write:1", "pause@0.1:write:1", "pause@0.1:sleep:1", "pause=100ms@0:write:1",
                          "pause=20ms@0.1:write:1", "pause=20ms@0.1:sleep:1"))
      << "who is alone is not held";
  EXPECT_EQ(plans_of(catalog, "kill,pause").back(), "pause=20ms@0.1:sleep:1");
}

TEST(FaultKinds, ReadAndWriteLists) {
  EXPECT_EQ(print_fault_kinds(parse_fault_kinds("ctrl-c,kill")), "kill,ctrl-c");
  EXPECT_EQ(print_fault_kinds(default_fault_kinds()), "kill,ctrl-c,signals,enospc");
}

TEST(FaultKinds, SayWhatWasExpectedAndWhere) {
  for (const std::string_view wrong : {"", "kill,", "none", "kill,none", "kil"}) {
    EXPECT_THROW(parse_fault_kinds(wrong), ParseError) << wrong;
  }
  try {
    parse_fault_kinds("kill,ctl-c");
    FAIL();
  } catch (const ParseError& error) {
    EXPECT_EQ(error.column(), 6U);
    EXPECT_THAT(error.expected(), ::testing::HasSubstr("ctrl-c"));
  }
}

TEST(Enumerate, StrikesTheTargetsOnly) {
  Catalog catalog = make_catalog(
      std::vector{clean_run({call_site("0:open:1", "openat", 1), call_site("0.1:write:1", "write", 2)})}, 1);
  const auto plans_at = [&](std::string_view target) {
    std::vector<std::string> plans;
    for (const FaultPlan& plan :
         enumerate_plans(catalog, {.kinds = parse_fault_kinds("kill"), .target = Target::parse(target)})) {
      plans.push_back(plan.print());
    }
    return plans;
  };
  const std::vector<std::string> of_root{"kill@0:open:1:after", "kill@0:open:1"};
  const std::vector<std::string> of_child{"kill@0.1:write:1"};
  EXPECT_EQ(plans_at("root"), of_root);
  EXPECT_EQ(plans_at("others"), of_child);
  EXPECT_EQ(plans_at("leaf"), of_child);
  EXPECT_EQ(plans_at("command=prog"), of_root);
  EXPECT_EQ(plans_at("command=child"), of_child);
}

TEST(Enumerate, SmokeIsTheQuietMomentsAndTheEndsOfEachKind) {
  const Catalog catalog =
      catalog_of({call_site("0:close:1", "close", 1), call_site("0:write:1", "write", 2), quiet_site(1, {"0"}),
                  call_site("0:write:2", "write", 3), call_site("0:close:2", "close", 4)});
  std::vector<std::string> plans;
  for (const FaultPlan& plan : enumerate_smoke_plans(catalog, {.kinds = parse_fault_kinds("kill,short")})) {
    plans.push_back(plan.print());
  }
  EXPECT_THAT(plans, ElementsAre("kill@0:quiet:1", "kill@0:close:1", "short=1@0:write:1", "short=1@0:write:2",
                                 "kill@0:close:2"));
}

TEST(Enumerate, ListsTheFaultsOfFoldedSitesToo) {
  std::vector<SiteRecord> sites;
  for (int i = 1; i <= 9; ++i) sites.push_back(call_site("0:write:" + std::to_string(i), "write", 1));
  const Catalog catalog = make_catalog(std::vector{clean_run(sites)}, 1);
  const EnumerateOptions options{.kinds = parse_fault_kinds("kill,ctrl-c")};
  EXPECT_EQ(enumerate_plans(catalog, options).size(), 6U);
  const std::vector<PlacedFault> faults = all_faults(catalog, options);
  ASSERT_EQ(faults.size(), 18U);
  EXPECT_EQ(faults[2].fault.print(), "kill@0:write:2");
  EXPECT_EQ(faults[2].site, 1U);
  EXPECT_EQ(faults[3].kind, FaultKind::ctrl_c);
}

}  // namespace
}  // namespace exitproof
