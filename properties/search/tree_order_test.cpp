#include "properties/search/tree_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using testing::quiet_site;

std::vector<std::string> names(const std::vector<SiteRecord>& sites) {
  std::vector<std::string> names;
  for (const SiteRecord& record : sites) names.push_back(record.site.print());
  return names;
}

std::vector<SiteRecord> ordered(const std::vector<std::string>& texts) {
  std::vector<SiteRecord> sites;
  for (const std::string& text : texts) {
    sites.push_back(text.starts_with("quiet:") ? quiet_site(1, {"0"}) : call_site(text, "call", 1));
  }
  return in_tree_order(sites);
}

TEST(TreeOrder, PutsAChildAfterItsForkWhoeverWasFaster) {
  const std::vector<std::string> expected{"quiet:1",    "0:open:1",      "0:fork:1",    "0.1:open:1",
                                          "0.1:fork:1", "0.1.1:write:1", "0.1:wait:1",  "0:fork:2",
                                          "0.2:exec:1", "0:wait:1",      "0/1:write:1", "0.7:open:1"};
  EXPECT_EQ(names(ordered({"0:open:1", "0:fork:1", "0:fork:2", "0.1:open:1", "0.2:exec:1", "0.7:open:1", "quiet:1",
                           "0/1:write:1", "0.1:fork:1", "0:wait:1", "0.1:wait:1", "0.1.1:write:1"})),
            expected);
  EXPECT_EQ(names(ordered({"0/1:write:1", "0:open:1", "0:fork:1", "0.1:open:1", "0.1:fork:1", "0.1.1:write:1",
                           "0.1:wait:1", "0:fork:2", "0:wait:1", "quiet:1", "0.7:open:1", "0.2:exec:1"})),
            expected);
}

TEST(TreeOrder, KeepsEverySite) {
  EXPECT_TRUE(ordered({}).empty());
  EXPECT_EQ(names(ordered({"0.1.4:open:1"})), std::vector<std::string>{"0.1.4:open:1"}) << "nobody saw its parents";
}

}  // namespace
}  // namespace exitproof
