#include "exitproof/company.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::call_site;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Event at(int ms, const std::string& who, EventKind kind, const std::string& site = {}) {
  Event event;
  event.at = Millis{ms};
  event.who = ProcessPath::parse(who);
  event.kind = kind;
  if (!site.empty()) event.site = Site::parse(site);
  return event;
}

/// The root forks, and works; its child naps twice, waits for longer once, and is killed while it would wait on.
std::vector<Event> a_parent_and_a_child() {
  return {at(0, "0", EventKind::call, "0:open:1"),
          at(1, "0", EventKind::call, "0:fork:1"),
          at(2, "0.1", EventKind::birth),
          at(2, "0", EventKind::call_end),
          at(3, "0.1", EventKind::call, "0.1:sleep:1"),
          at(13, "0.1", EventKind::call, "0.1:sleep:2"),
          at(23, "0.1", EventKind::call_end),
          at(30, "0.1", EventKind::call, "0.1:poll:1"),
          at(40, "0", EventKind::call, "0:write:1"),
          at(40, "0", EventKind::call_end),
          at(110, "0.1", EventKind::call, "0.1:sleep:3"),
          at(300, "0.1", EventKind::death),
          at(400, "0", EventKind::call, "0:close:1")};
}

Company company_at(const std::string& site, const std::vector<Event>& events) {
  const SiteRecord record = call_site(site, "call", 1);
  return companies(testing::run_of(events), std::span(&record, 1)).front();
}

TEST(Company, IsWhoeverHasBegun) {
  const std::vector<Event> events = a_parent_and_a_child();
  EXPECT_FALSE(company_at("0:open:1", events).others);
  EXPECT_TRUE(company_at("0:fork:1", events).others);
  EXPECT_TRUE(company_at("0:write:1", events).others);
  EXPECT_TRUE(company_at("0.1:poll:1", events).others);
}

TEST(Company, GivesPausesThatOutlastItsWaits) {
  const std::vector<Event> events = a_parent_and_a_child();
  EXPECT_THAT(company_at("0:write:1", events).pauses, ElementsAre(Millis{100}, Millis{20}));
  EXPECT_THAT(company_at("0:open:1", events).pauses, IsEmpty());
  EXPECT_THAT(company_at("0.1:poll:1", events).pauses, ElementsAre(Millis{20}));  // the root does not wait
}

TEST(Company, OfARunWithoutEventsIsNotKnown) {
  EXPECT_EQ(company_at("0:open:1", {}), Company{});
}

TEST(Company, PausesAreLongerByAFifthAndBounded) {
  EXPECT_EQ(pause_beyond(Micros{0}), Millis{20});
  EXPECT_EQ(pause_beyond(Millis{50}), Millis{100});
  EXPECT_EQ(pause_beyond(Millis{150}), Millis{200});
  EXPECT_EQ(pause_beyond(Millis{60'000}), Millis{1'000});
}

}  // namespace
}  // namespace exitproof
