#include "exitproof/own_invariant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using testing::clean_baseline;
using testing::Story;

/// The subject says "bye" on standard error; it cannot be judged where it says nothing.
class SaysBye : public OwnInvariant {
 public:
  std::string name() const override { return "says-bye"; }
  Opinion judge(const Evidence& evidence, const Contract&, const Baseline&) const override {
    Opinion opinion;
    if (evidence.err.head.empty()) opinion.skipped.emplace_back("it says nothing");
    if (evidence.err.head == "rubbish") opinion.violations.push_back(own_violation("stderr", "it says rubbish"));
    return opinion;
  }
};

const OwnInvariants own{std::make_shared<SaysBye>()};

TEST(OwnInvariant, IsJudgedBesideTheOthers) {
  const Judgement judgement = judge(Story().err("rubbish").file("/tmp/left").evidence, {}, clean_baseline(), own);
  EXPECT_EQ(judgement.verdict, Verdict::violated);
  ASSERT_EQ(judgement.violations.size(), 2U);
  EXPECT_EQ(judgement.violations.back().invariant, "says-bye");
  EXPECT_EQ(judge(Story().err("bye").evidence, {}, clean_baseline(), own).verdict, Verdict::held);
}

TEST(OwnInvariant, ThatCannotBeJudgedIsSkipped) {
  EXPECT_THAT(judge(Story().evidence, {}, clean_baseline(), own).skipped,
              ::testing::Contains("says-bye: it says nothing"));
}

TEST(OwnInvariant, WhatFaultFreeRunsViolateIsKnown) {
  const std::vector<Evidence> runs(3, Story().err("rubbish").evidence);
  const Baseline baseline = make_baseline(runs, testing::scenario_of(), own);
  Story struck = Story().err("rubbish").fault("SIGTERM@0:write:1", {"0"}, Landing::caught);
  EXPECT_EQ(judge(struck.evidence, {}, baseline, own).verdict, Verdict::held);
  EXPECT_EQ(judge(runs.front(), {}, baseline, own).verdict, Verdict::violated) << "it is reported once";
}

}  // namespace
}  // namespace exitproof
