#include "properties/invariants/once_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::opinion_of;
using testing::scenario_of;
using ::testing::SizeIs;
using testing::Story;
using testing::three_of;

Contract asking() {
  Contract contract;
  contract.once = {"^cleanup"};
  return contract;
}

Story script() {
  Story story("bash");
  story.evidence.agents.clear();
  return story;
}

SiteRecord site(std::string_view text, Phase phase = Phase::work) {
  SiteRecord record;
  record.site = Site::parse(text);
  record.phase = phase;
  return record;
}

Story clean_run() {
  Story run = script().out("work\ncleanup 1\n");
  run.evidence.sites = {site("0:open:1", Phase::start), site("quiet:1"), site("0:unlink:1")};
  return run;
}

Scenario scenario() {
  Scenario scenario = scenario_of();
  scenario.contract = asking();
  return scenario;
}

Opinion opinion(const Story& story) {
  return opinion_of("handlers-once", story.evidence, asking(), three_of(clean_run(), scenario()));
}

Story interrupted_at(std::string_view fault, Landing landing, std::string_view end) {
  return script().fault(fault, {"0"}, landing).ended("0", end);
}

TEST(once_lines, hold_when_there_is_one) {
  const Opinion result = opinion(clean_run());
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_THAT(result.skipped, IsEmpty());
}

TEST(once_lines, are_lines_of_either_stream_without_their_ends) {
  Story run = script().out("a cleanup\ncleanup\r\n").err("cleanup 2");
  EXPECT_EQ(count_lines(run.evidence, "^cleanup"), 2U);
  EXPECT_EQ(count_lines(run.evidence, "cleanup$"), 2U);
  EXPECT_EQ(count_lines(Story("app").out(std::string(1 << 20, 'a')).evidence, "a.*b|x$"), 0U);
}

TEST(once_lines, must_not_come_twice_after_whatever_end) {
  const Story killed = interrupted_at("kill@0:quiet:1", Landing::death, "SIGKILL").out("cleanup\ncleanup\n");
  EXPECT_THAT(opinion(killed).violations.at(0).detail, HasSubstr("2 lines match '^cleanup'"));
  EXPECT_EQ(opinion(script().out("cleanup\ncleanup\n")).violations.size(), 1U);
}

TEST(once_lines, may_lack_after_a_kill) {
  const Opinion result = opinion(interrupted_at("kill@0:quiet:1", Landing::death, "SIGKILL"));
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.notes, IsEmpty());
}

TEST(once_lines, are_missed_when_the_subject_was_ready) {
  EXPECT_THAT(opinion(interrupted_at("ctrl-c@quiet:1", Landing::death, "SIGINT")).violations.at(0).detail,
              HasSubstr("no line matches '^cleanup', which stands for an exit handler: bash (0) was ended by SIGINT"));
  EXPECT_EQ(opinion(interrupted_at("SIGTERM@0:unlink:1:after", Landing::caught, "exit 1")).violations.size(), 1U);
  EXPECT_EQ(opinion(interrupted_at("EIO@0:unlink:1", Landing::call, "exit 1")).violations.size(), 1U);
}

TEST(once_lines, are_missed_when_ctrl_c_ends_a_child_too) {
  Story story = script().process("0.1", "sleep").ended("0.1", "SIGINT").ended("0", "SIGINT");
  EXPECT_EQ(opinion(story.fault("ctrl-c@quiet:1", {"0", "0.1"}, Landing::death)).violations.size(), 1U);
}

TEST(once_lines, are_not_missed_before_anybody_can_have_registered_them) {
  const Opinion result = opinion(interrupted_at("SIGTERM@0:open:1", Landing::death, "SIGTERM"));
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.notes.at(0).detail, HasSubstr("whether it had been registered by then cannot be told"));
  EXPECT_THAT(opinion(interrupted_at("EIO@0:open:1", Landing::call, "exit 1")).violations, IsEmpty());
}

TEST(once_lines, are_missed_at_the_usual_end) {
  EXPECT_EQ(opinion(interrupted_at("EIO@0:open:1", Landing::call, "exit 0")).violations.size(), 1U);
  EXPECT_EQ(opinion(interrupted_at("SIGTERM@0:open:1", Landing::caught, "exit 1").stopped()).violations.size(), 1U);
}

TEST(once_lines, are_only_noted_after_a_hangup) {
  const Opinion hangup = opinion(interrupted_at("SIGHUP@0:quiet:1", Landing::death, "SIGHUP"));
  EXPECT_THAT(hangup.violations, IsEmpty());
  EXPECT_THAT(hangup.notes, SizeIs(1));
}

TEST(once_lines, are_owed_by_a_root_that_was_not_struck) {
  for (const auto& [fault, end] :
       {std::pair("kill@0.1:unlink:1", "SIGKILL"), std::pair("SIGHUP@0.1:unlink:1", "SIGHUP")}) {
    Story usual = script().process("0.1", "sh").ended("0.1", end).fault(fault, {"0.1"}, Landing::death);
    EXPECT_EQ(opinion(usual).violations.size(), 1U) << "its usual end, " << fault;
    Story early = script().process("0.1", "sh").ended("0.1", end).ended("0", "exit 1");
    const Opinion unsure = opinion(early.fault(fault, {"0.1"}, Landing::death));
    EXPECT_THAT(unsure.violations, IsEmpty()) << "it may have ended before it promised anything, " << fault;
    EXPECT_THAT(unsure.notes, SizeIs(1));
  }
  Story worker = script().process("0.1", "sh").ended("0.1", "SIGKILL").ended("0", "exit 1");
  EXPECT_EQ(opinion(worker.fault("kill@0.1:quiet:1", {"0.1"}, Landing::death)).violations.size(), 1U) << "it was ready";
}

TEST(once_lines, are_not_looked_for_where_they_may_be_lost) {
  EXPECT_THAT(opinion(interrupted_at("epipe@0:out:1", Landing::world, "exit 1")).skipped,
              ElementsAre(HasSubstr("a line may have gone nowhere")));
  EXPECT_THAT(opinion(interrupted_at("EIO@0:out:1", Landing::call, "exit 1")).skipped, SizeIs(1));
  Story long_run = script();
  long_run.evidence.out.bytes = 2 << 20;
  EXPECT_THAT(opinion(long_run).skipped, ElementsAre(HasSubstr("more than is kept")));
  long_run.evidence.once_lines = {{"^another", 0}};
  EXPECT_THAT(opinion(long_run).skipped, ElementsAre(HasSubstr("more than is kept")));
}

TEST(once_lines, are_counted_beyond_what_is_kept) {
  Story run = script();
  run.evidence.out.bytes = 2 << 20;
  for (const std::uint64_t lines : {0U, 1U, 2U}) {
    run.evidence.once_lines = {{"^cleanup", lines}};
    EXPECT_EQ(opinion(run).violations.size(), lines == 1 ? 0U : 1U) << lines;
    EXPECT_THAT(opinion(run).skipped, IsEmpty());
  }
}

TEST(once_lines, that_no_fault_free_run_has_stand_for_nothing) {
  const Baseline baseline = three_of(script(), scenario());
  const Opinion result = opinion_of("handlers-once", script().evidence, asking(), baseline);
  EXPECT_THAT(result.violations, IsEmpty());
  EXPECT_THAT(result.skipped, ElementsAre("no line of the fault-free runs matches --once '^cleanup'"));
}

TEST(once_lines, that_some_fault_free_runs_lack_are_missed_in_these) {
  const std::vector<Evidence> runs = {clean_run().evidence, script().evidence};
  EXPECT_THAT(make_baseline(runs, scenario()).known_violations, SizeIs(1));
}

TEST(sites_when_ready, follow_the_first_quiet_moment_or_what_the_scenario_says) {
  const std::vector<Evidence> runs(2, clean_run().evidence);
  EXPECT_THAT(sites_when_ready(runs, scenario()), ElementsAre("0:unlink:1", "quiet:1"));
  Scenario with_file = scenario();
  with_file.ready = ReadyWhen::parse("file:/run/app.pid");
  std::vector<Evidence> phased(2, clean_run().evidence);
  phased[1].sites[1].phase = Phase::start;
  EXPECT_THAT(sites_when_ready(phased, with_file), ElementsAre("0:unlink:1"));
  EXPECT_THAT(sites_when_ready(runs, scenario_of()), IsEmpty());
}

}  // namespace
}  // namespace exitproof
