#include "ci/cli/shard_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Environment = std::map<std::string, std::string>;

ShardChoice choice(const Environment& environment, const std::string& option = {}) {
  return shard_choice(option, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string refusal(const Environment& environment, const std::string& option = {}) {
  try {
    return "accepted as " + choice(environment, option).shard.print();
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(ShardChoice, IsAllOfItWhereNobodySaysAnything) {
  EXPECT_TRUE(choice({}).shard.is_whole());
  EXPECT_EQ(choice({}).from, "");
  EXPECT_TRUE(choice({{"CI_NODE_TOTAL", "1"}}).shard.is_whole());
  EXPECT_TRUE(choice({{"TEST_TOTAL_SHARDS", "1"}, {"TEST_SHARD_INDEX", "0"}}).shard.is_whole());
}

TEST(ShardChoice, IsWhatEachRunnerMeans) {
  const std::vector<std::pair<Environment, std::string>> cases{
      {{{"GTEST_SHARD_INDEX", "2"}, {"GTEST_TOTAL_SHARDS", "8"}}, "3/8"},
      {{{"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "2"}}, "1/2"},
      {{{"JOB_COMPLETION_INDEX", "7"}, {"JOB_COMPLETIONS", "8"}}, "8/8"},
      {{{"SLURM_ARRAY_TASK_ID", "1"}, {"SLURM_ARRAY_TASK_COUNT", "4"}, {"SLURM_ARRAY_TASK_MIN", "1"}}, "1/4"},
      {{{"SLURM_ARRAY_TASK_ID", "9"},
        {"SLURM_ARRAY_TASK_COUNT", "3"},
        {"SLURM_ARRAY_TASK_MIN", "1"},
        {"SLURM_ARRAY_TASK_STEP", "4"}},
       "3/3"},
      {{{"CI_NODE_INDEX", "3"}, {"CI_NODE_TOTAL", "8"}}, "3/8"}};
  for (const auto& [environment, expected] : cases) {
    EXPECT_EQ(choice(environment).shard.print(), expected);
    EXPECT_TRUE(environment.contains(choice(environment).from));
  }
}

TEST(ShardChoice, IsWhatTheOptionSaysBeforeAll) {
  EXPECT_EQ(choice({{"CI_NODE_INDEX", "3"}, {"CI_NODE_TOTAL", "8"}}, "1/2").shard.print(), "1/2");
  EXPECT_EQ(choice({{"CI_NODE_INDEX", "rubbish"}}, "1/1").from, "--shard");
}

TEST(ShardChoice, IsRefusedWhereTwoDisagree) {
  const Environment two{
      {"CI_NODE_INDEX", "3"}, {"CI_NODE_TOTAL", "8"}, {"TEST_SHARD_INDEX", "2"}, {"TEST_TOTAL_SHARDS", "8"}};
  EXPECT_EQ(choice(two).shard.print(), "3/8");
  Environment disagreeing = two;
  disagreeing["TEST_SHARD_INDEX"] = "3";
  EXPECT_THAT(refusal(disagreeing),
              AllOf(HasSubstr("CI_NODE_INDEX"), HasSubstr("TEST_SHARD_INDEX"), HasSubstr("3/8"), HasSubstr("4/8")));
}

TEST(ShardChoice, IsRefusedWhereItIsBadOrHalf) {
  EXPECT_THAT(refusal({{"JOB_COMPLETION_INDEX", "3"}}),
              AllOf(HasSubstr("JOB_COMPLETIONS is not"), HasSubstr("--shard")));
  EXPECT_THAT(refusal({{"GTEST_TOTAL_SHARDS", "3"}}), HasSubstr("GTEST_SHARD_INDEX is not"));
  EXPECT_THAT(refusal({{"GTEST_TOTAL_SHARDS", "3"}, {"GTEST_SHARD_INDEX", "3"}}), HasSubstr("expected one of the"));
  EXPECT_THAT(refusal({{"GTEST_TOTAL_SHARDS", "0"}, {"GTEST_SHARD_INDEX", "0"}}), HasSubstr("GTEST_TOTAL_SHARDS is 0"));
  EXPECT_THAT(refusal({{"CI_NODE_TOTAL", "3"}, {"CI_NODE_INDEX", "0"}}), HasSubstr("CI_NODE_INDEX"));
  EXPECT_THAT(refusal({{"CI_NODE_TOTAL", "3"}, {"CI_NODE_INDEX", "two"}}), HasSubstr("two"));
  EXPECT_THAT(refusal({{"SLURM_ARRAY_TASK_ID", "9"}, {"SLURM_ARRAY_TASK_COUNT", "2"}, {"SLURM_ARRAY_TASK_MIN", "1"}}),
              HasSubstr("SLURM_ARRAY_TASK_ID is 9"));
  EXPECT_THAT(refusal({}, "9/8"), AllOf(HasSubstr("--shard"), HasSubstr("from 1 to 8")));
}

TEST(ShardChoice, IsKeptFromTheSubject) {
  std::vector<std::pair<std::string, std::string>> environment{
      {"PATH", "/bin"}, {"GTEST_TOTAL_SHARDS", "8"}, {"SLURM_ARRAY_TASK_MIN", "1"}, {"TEST_SHARD_STATUS_FILE", "/x"}};
  withhold_shard(environment);
  ASSERT_EQ(environment.size(), 1U);
  EXPECT_EQ(environment.front().first, "PATH");
}

}  // namespace
}  // namespace exitproof::cli
