#include "properties/search/cpu_claim.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// Numbers of no CPU, so that workers that run beside this test are no matter.
const std::vector<std::size_t> cpus{70'001, 70'002, 70'003};

TEST(CpuClaim, WorkersKeepOutOfEachOthersWay) {
  const CpuClaim first(cpus, 0, 1);
  const CpuClaim of_another_campaign(cpus, 0, 1);
  const CpuClaim third(cpus, 2, 1);
  EXPECT_THAT(first.cpus(), ElementsAre(70'001));
  EXPECT_THAT(of_another_campaign.cpus(), ElementsAre(70'002));
  EXPECT_THAT(third.cpus(), ElementsAre(70'003));
}

TEST(CpuClaim, WhenAllAreTakenTheyAreSharedEvenly) {
  std::vector<CpuClaim> claims;
  std::vector<std::size_t> chosen;
  for (int i = 0; i < 6; ++i) {
    claims.emplace_back(cpus, 0, 1);
    chosen.push_back(claims.back().cpus().at(0));
  }
  EXPECT_THAT(chosen, UnorderedElementsAre(70'001, 70'001, 70'002, 70'002, 70'003, 70'003));
}

TEST(CpuClaim, WhatIsGivenBackIsTakenAgain) {
  std::optional<CpuClaim> first(std::in_place, cpus, 0, 1);
  const CpuClaim second(cpus, 0, 1);
  first.reset();
  EXPECT_THAT(CpuClaim(cpus, 0, 1).cpus(), ElementsAre(70'001));
}

TEST(CpuClaim, SeveralAreDifferentOnes) {
  const CpuClaim one(cpus, 1, 1);
  EXPECT_THAT(CpuClaim(cpus, 0, 2).cpus(), UnorderedElementsAre(70'001, 70'003));
  EXPECT_THAT(CpuClaim(cpus, 0, 5).cpus(), UnorderedElementsAre(70'001, 70'002, 70'003));
}

}  // namespace
}  // namespace exitproof
