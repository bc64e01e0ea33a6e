#include "properties/search/verifier.hpp"

#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::opens;
using testing::run_of;

Evidence digested(const std::string& whole, const std::string& by_thread, std::vector<Event> events) {
  Evidence evidence = run_of(std::move(events));
  evidence.digest.whole = whole;
  evidence.digest.by_thread = by_thread;
  return evidence;
}

const Judgement fine{};

TEST(Verifier, CountsWhatIsTheSame) {
  Verifier verifier;
  verifier.add(1, fine, digested("w1", "t1", {opens("0", "/a"), opens("0.1", "/b")}));
  verifier.add(2, fine, digested("w2", "t1", {opens("0.1", "/b"), opens("0", "/a")}));
  verifier.add(3, fine, digested("w1", "t1", {opens("0", "/a"), opens("0.1", "/b")}));
  const Verification seen = verifier.take();
  EXPECT_EQ(seen.times, 3U);
  EXPECT_EQ(seen.same, 2U);
  EXPECT_EQ(seen.same_by_thread, 3U);
  EXPECT_EQ(seen.parted_trial, 2U);
  ASSERT_TRUE(seen.parting);
  EXPECT_TRUE(seen.parting->interleaved);
  EXPECT_FALSE(seen.differs(false));
  EXPECT_TRUE(seen.differs(true));
}

TEST(Verifier, TellsAThreadThatDidSomethingElseRatherThanAnOrder) {
  Verifier verifier;
  verifier.add(1, fine, digested("w1", "t1", {opens("0", "/a"), opens("0.1", "/b")}));
  verifier.add(2, fine, digested("w2", "t1", {opens("0.1", "/b"), opens("0", "/a")}));
  verifier.add(3, fine, digested("w3", "t3", {opens("0", "/c"), opens("0.1", "/b")}));
  verifier.add(4, fine, digested("w4", "t4", {opens("0", "/d"), opens("0.1", "/b")}));
  const Verification seen = verifier.take();
  EXPECT_EQ(seen.parted_trial, 3U);
  EXPECT_EQ(seen.same_by_thread, 2U);
  EXPECT_FALSE(seen.parting->interleaved);
  EXPECT_EQ(seen.parted->digest.whole, "w3");
  EXPECT_FALSE(seen.differs(false));
  EXPECT_TRUE(seen.differs(true));
}

TEST(Verifier, KnowsOutcomesAgainWhoseNamesAreDrawn) {
  const auto leaves = [](const std::string& path) {
    Judgement judgement;
    judgement.verdict = Verdict::violated;
    judgement.violations = {
        {.invariant = "no-leftovers", .process = {}, .command = "prog", .subject = path, .detail = {}}};
    return judgement;
  };
  Verifier verifier;
  verifier.add(1, leaves("/tmp/data-qwzxkv"), digested("w", "t", {}));
  verifier.add(2, leaves("/tmp/data-bnkwpl"), digested("w", "t", {}));
  verifier.add(3, fine, digested("w", "t", {}));
  const Verification seen = verifier.take();
  ASSERT_EQ(seen.outcomes.size(), 2U);
  EXPECT_EQ(seen.outcomes[0].trials, 2U);
  EXPECT_EQ(seen.outcomes[1].trials, 1U);
  EXPECT_TRUE(seen.differs(false));
}

TEST(Verifier, PassesOverWhatTheHarnessFailedIn) {
  Evidence failed = digested("w0", "t0", {});
  failed.harness_error = "the worker ended with SIGKILL";
  Verifier verifier;
  verifier.add(1, fine, failed);
  verifier.add(2, fine, digested("w", "t", {}));
  verifier.add(3, fine, digested("w", "t", {}));
  const Verification seen = verifier.take();
  EXPECT_EQ(seen.times, 2U);
  EXPECT_EQ(seen.first_trial, 2U);
  EXPECT_EQ(seen.same, 2U);
  EXPECT_FALSE(seen.differs(true));
}

}  // namespace
}  // namespace exitproof
