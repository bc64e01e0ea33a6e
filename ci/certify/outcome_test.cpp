#include "ci/certify/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A campaign that held, with a root named "prog", after fault-free runs that ended so.
CampaignResult held(const std::vector<WaitStatus>& ends) {
  CampaignResult result;
  for (const WaitStatus& end : ends) result.survey.runs.emplace_back().root_end = end;
  result.catalog.processes = {{.path = ProcessPath::root(), .command = "prog"}};
  result.trials = {.planned = 1, .total = 1, .held = 1};
  return result;
}

TEST(WhatIsMissing, IsThatAFaultFreeRunFailsWithoutAnybodysWord) {
  ManifestScenario asked;
  EXPECT_THAT(what_is_missing(held({WaitStatus::exited(0)}), asked), IsEmpty());
  const CampaignResult fails = held({WaitStatus::exited(3), WaitStatus::exited(3)});
  EXPECT_THAT(
      what_is_missing(fails, asked),
      ElementsAre("without any fault it ends with status 3: where that is meant, the manifest says ends = \"exit "
                  "3\""));
  asked.ends = {WaitStatus::exited(3)};
  EXPECT_THAT(what_is_missing(fails, asked), IsEmpty());
  EXPECT_THAT(what_is_missing(held({WaitStatus::exited(3), WaitStatus::killed(SIGSEGV)}), asked),
              ElementsAre(StartsWith("without any fault in 1 of 2 runs SIGSEGV ends it")));
  EXPECT_THAT(what_is_missing(held({WaitStatus::exited(0)}), asked),
              ElementsAre(StartsWith("without any fault it ends")))
      << "what was said is not so";
}

TEST(WhatIsMissing, IsATargetThatNamesNobody) {
  ManifestScenario asked;
  asked.target = Target::parse("command=nosuch");
  EXPECT_THAT(what_is_missing(held({WaitStatus::exited(0)}), asked),
              ElementsAre("target command=nosuch: no process of the fault-free runs is named nosuch"));
  asked.target = Target::parse("command=prog");
  EXPECT_THAT(what_is_missing(held({WaitStatus::exited(0)}), asked), IsEmpty());
}

}  // namespace
}  // namespace exitproof
