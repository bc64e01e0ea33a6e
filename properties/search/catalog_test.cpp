#include "exitproof/catalog.hpp"

#include <gtest/gtest.h>

#include <set>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::clean_run;
using testing::quiet_site;

std::vector<std::string> names(const std::vector<SiteRecord>& sites) {
  std::vector<std::string> names;
  names.reserve(sites.size());
  for (const SiteRecord& record : sites) names.push_back(record.site.print());
  return names;
}

TEST(Catalog, KeepsWhatEveryRunPassedWithTheSameCall) {
  const std::vector<Evidence> runs{
      clean_run(
          {call_site("0:open:1", "openat", 1), call_site("0:open:2", "openat", 2), call_site("0:write:1", "write", 3)}),
      clean_run({call_site("0:open:1", "openat", 1), call_site("0:write:1", "pwrite64", 3)}),
      clean_run({call_site("0:open:1", "openat", 1), call_site("0:open:2", "openat", 2),
                 call_site("0:write:1", "write", 3)})};
  const Catalog catalog = make_catalog(runs, 1);
  EXPECT_EQ(names(catalog.stable), std::vector<std::string>{"0:open:1"});
  EXPECT_EQ(names(catalog.unstable), (std::vector<std::string>{"0:open:2", "0:write:1", "0:write:1"}));
  EXPECT_EQ(catalog.surveyed(), 4U);
}

TEST(Catalog, AQuietMomentListsWhoWasAliveInEveryRun) {
  const std::vector<Evidence> runs{clean_run({quiet_site(1, {"0", "0.1", "0.2"})}),
                                   clean_run({quiet_site(1, {"0", "0.2"})})};
  const Catalog catalog = make_catalog(runs, 1);
  ASSERT_EQ(catalog.stable.size(), 1U);
  EXPECT_EQ(catalog.stable.front().alive, (std::vector<ProcessPath>{ProcessPath::root(), ProcessPath::parse("0.2")}));
}

TEST(Catalog, FoldsSitesOfOneStackAndOneKindOfObject) {
  std::vector<SiteRecord> sites;
  for (int i = 1; i <= 9; ++i) {
    sites.push_back(call_site("0:open:" + std::to_string(i), "openat", 7, "/tmp/run-4711" + std::to_string(i)));
  }
  sites.push_back(call_site("0:open:10", "openat", 7, "/etc/passwd"));
  const Catalog catalog = make_catalog(std::vector{clean_run(sites)}, 5);
  ASSERT_EQ(catalog.classes.size(), 2U);
  const SiteClass& first = catalog.classes.front();
  EXPECT_EQ(first.members.size(), 9U);
  ASSERT_EQ(first.chosen.size(), 3U);
  EXPECT_EQ(first.chosen[0], 0U);
  EXPECT_EQ(first.chosen[1], 8U);
  EXPECT_GT(first.chosen[2], 0U);
  EXPECT_LT(first.chosen[2], 8U);
  EXPECT_EQ(catalog.folded(), 6U);
}

TEST(Catalog, DoesNotFoldWhatItKnowsNothingOf) {
  const Catalog catalog =
      make_catalog(std::vector{clean_run({call_site("0:open:1", "openat", 0), call_site("0:open:2", "openat", 0),
                                          quiet_site(1, {"0"}), quiet_site(2, {"0"})})},
                   5);
  EXPECT_EQ(catalog.classes.size(), 4U);
  EXPECT_EQ(catalog.folded(), 0U);
}

TEST(Catalog, TheSeedChoosesTheThirdMemberOfEachClassByItself) {
  const auto third_of = [](std::uint64_t key, const std::vector<SiteRecord>& sites, std::uint64_t seed) {
    const Catalog catalog = make_catalog(std::vector{clean_run(sites)}, seed);
    for (const SiteClass& site_class : catalog.classes) {
      if (catalog.stable[site_class.members.front()].stack_key == key) {
        return catalog.stable[site_class.chosen.at(2)].site.print();
      }
    }
    return std::string();
  };
  std::vector<SiteRecord> one_class;
  for (int i = 1; i <= 40; ++i) one_class.push_back(call_site("0:write:" + std::to_string(i), "write", 1));
  std::vector<SiteRecord> two_classes;
  for (int i = 1; i <= 5; ++i) two_classes.push_back(call_site("0:open:" + std::to_string(i), "openat", 2));
  two_classes.insert(two_classes.end(), one_class.begin(), one_class.end());

  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(third_of(1, one_class, seed), third_of(1, two_classes, seed));
    seen.insert(third_of(1, one_class, seed));
  }
  EXPECT_GT(seen.size(), 5U);
}

}  // namespace
}  // namespace exitproof
