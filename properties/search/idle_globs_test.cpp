#include "properties/search/idle_globs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Evidence run_that_leaves(std::vector<std::string> paths) {
  Evidence run = testing::clean_run({});
  for (std::string& path : paths) run.files.emplace_back().path = std::move(path);
  return run;
}

Contract all_about(const std::string& glob) {
  Contract contract;
  contract.outputs = {glob};
  contract.logs = {glob};
  contract.validators = {{glob, "true"}};
  contract.allowed = {glob};
  return contract;
}

TEST(IdleGlobs, AreThoseThatNameNothingOfWhatAnyRunLeaves) {
  const std::vector<Evidence> runs = {run_that_leaves({"/srv/out.txt"}), run_that_leaves({})};
  EXPECT_THAT(idle_globs(runs, all_about("/srv/*.txt")), IsEmpty());
  EXPECT_THAT(idle_globs(runs, all_about("/srv/*.tex")),
              ElementsAre("--output /srv/*.tex: no fault-free run makes a file of that name",
                          HasSubstr("--log /srv/*.tex: "), HasSubstr("--valid /srv/*.tex: "),
                          HasSubstr("--allow /srv/*.tex: no fault-free run leaves anything")));
}

TEST(IdleGlobs, OfWhatIsAllowedMayNameADirectoryAroundIt) {
  Contract contract;
  contract.allowed = {"/srv/cache"};
  const std::vector<Evidence> runs = {run_that_leaves({"/srv/cache/a/b"})};
  EXPECT_THAT(idle_globs(runs, contract), IsEmpty());
}

TEST(IdleGlobs, AreNotKnownOfRunsThatWereCut) {
  std::vector<Evidence> runs = {run_that_leaves({})};
  runs.front().cut_by_harness = true;
  EXPECT_THAT(idle_globs(runs, all_about("x")), IsEmpty());
}

TEST(IdleGlobs, NameNoFileThatIsDeleted) {
  std::vector<Evidence> runs = {run_that_leaves({"/srv/old"})};
  runs.front().files.front().kind = ChangeKind::deleted;
  EXPECT_EQ(idle_globs(runs, all_about("/srv/old")).size(), 4U);
}

}  // namespace
}  // namespace exitproof
