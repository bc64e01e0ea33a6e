#include "properties/search/finding_book.hpp"

#include <gtest/gtest.h>

#include "exitproof/pattern.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

constexpr const char* plan = "kill@0:write:1";

Judgement left(const std::vector<std::string>& files) {
  Judgement judgement{.verdict = Verdict::violated, .violations = {}, .notes = {}, .skipped = {}};
  for (const std::string& file : files) {
    judgement.violations.push_back({.invariant = "no-leftovers",
                                    .process = ProcessPath::root(),
                                    .command = "app",
                                    .subject = name_pattern(file),
                                    .detail = file + " is left",
                                    .file = file});
  }
  return judgement;
}

Evidence struck() {
  return testing::struck_run(FaultPlan::parse(plan));
}

// As Python's mkstemp(prefix="job") draws them: some look drawn, some in part, some like words.
const std::vector<std::string> drawn = {"/tmp/job3xk_9a7z", "/tmp/jobqwertyui", "/tmp/job_1a_2b_3", "/tmp/jobmz84k0vv",
                                        "/tmp/job0012_abc"};

TEST(FindingBook, TakesNamesDrawnByTrialsOfOnePlanForOneFinding) {
  FindingBook book;
  for (std::size_t i = 0; i < drawn.size(); ++i) book.add_of_one_plan(left({drawn[i]}), struck(), i);
  ASSERT_EQ(book.findings().size(), 1U);
  EXPECT_EQ(book.findings().front().trials, drawn.size());
  EXPECT_EQ(book.findings().front().violation.subject, "/tmp/job*");
}

TEST(FindingBook, KeepsAChosenNameApartFromADrawnOne) {
  FindingBook book;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    book.add_of_one_plan(left({drawn[i], "/tmp/jobsettings"}), struck(), i);
  }
  const std::vector<Finding> findings = book.findings();
  ASSERT_EQ(findings.size(), 2U);
  for (const Finding& finding : findings) EXPECT_EQ(finding.trials, drawn.size()) << finding.signature;
}

TEST(FindingBook, KnowsADrawnNameAgainInReplays) {
  FindingBook book;
  const std::string name = book.add(left({drawn[0], "/tmp/jobsettings"}), struck(), 0).front().signature;
  for (std::size_t i = 1; i < drawn.size(); ++i) {
    book.add_replay(name, 0, left({drawn[i], "/tmp/jobsettings"}), struck(), i == 1);
  }
  EXPECT_EQ(book.entry(name).candidates.front().finding.same, drawn.size() - 1);
  EXPECT_EQ(book.findings().front().violation.subject, "/tmp/job*");
  EXPECT_EQ(book.flaky_trials(), 0U);
}

TEST(FindingBook, CountsAsFlakyOnlyTrialsWhoseFindingSaysSo) {
  FindingBook book;
  const std::string one = book.add(left({drawn[0]}), struck(), 0).front().signature;
  const std::string other = book.add(left({drawn[1]}), struck(), 1).front().signature;
  for (std::size_t i = 2; i < drawn.size(); ++i) book.add_replay(one, 0, left({drawn[i]}), struck(), false);
  book.add_replay(other, 0, left({drawn[2]}), struck(), false);
  book.add_replay(other, 0, left({}), struck(), false);
  ASSERT_EQ(book.findings().size(), 1U);
  EXPECT_FALSE(book.findings().front().flaky());
  EXPECT_EQ(book.flaky_trials(), 0U);
}

}  // namespace
}  // namespace exitproof
