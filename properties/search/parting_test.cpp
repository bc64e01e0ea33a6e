#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exitproof/verification.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof {
namespace {

using testing::opens;
using testing::run_of;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> objects(const std::vector<Event>& events) {
  std::vector<std::string> names;
  for (const Event& event : events) names.push_back(event.object);
  return names;
}

TEST(FirstParting, IsNoneOfTheSame) {
  const Evidence one = run_of({opens("0", "/a"), opens("0", "/tmp/tmp.kX81hQ2zDq")});
  const Evidence other = run_of({opens("0", "/a"), opens("0", "/tmp/tmp.Aj3kLm90Pq")});
  EXPECT_FALSE(first_parting(one, other));
  EXPECT_FALSE(first_parting({}, {}));
}

TEST(FirstParting, TellsTheThreadThatDidSomethingElse) {
  const Evidence one =
      run_of({opens("0", "/a"), opens("0.1", "/1"), opens("0", "/b"), opens("0", "/c"), opens("0", "/d")});
  const Evidence other =
      run_of({opens("0.1", "/1"), opens("0", "/a"), opens("0", "/b"), opens("0", "/x"), opens("0", "/d")});
  const auto parting = first_parting(one, other);
  ASSERT_TRUE(parting);
  EXPECT_FALSE(parting->interleaved);
  EXPECT_EQ(parting->who, ProcessPath::root());
  EXPECT_EQ(parting->after, 2U);
  EXPECT_THAT(objects(parting->before), ElementsAre("/a", "/b"));
  EXPECT_THAT(objects(parting->one), ElementsAre("/c", "/d"));
  EXPECT_THAT(objects(parting->other), ElementsAre("/x", "/d"));
  EXPECT_THAT(parting->later, IsEmpty());
}

TEST(FirstParting, TellsOfSeveralThreadsTheOneThatDidSoFirst) {
  const Evidence one = run_of({opens("0", "/a"), opens("0.1", "/1"), opens("0", "/b")});
  const Evidence other = run_of({opens("0", "/a"), opens("0.1", "/2"), opens("0", "/c")});
  const auto parting = first_parting(one, other);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->who, ProcessPath::parse("0.1"));
  EXPECT_THAT(parting->later, ElementsAre(ProcessPath::root()));
}

TEST(FirstParting, ShowsTheSignalWhoseHandlerMakesTheDifference) {
  Event child_ended = opens("0", std::string(Event::caught));
  child_ended.kind = EventKind::signal;
  child_ended.call = "SIGCHLD";
  const auto parting = first_parting(run_of({opens("0", "/a"), opens("0", "/b")}),
                                     run_of({opens("0", "/a"), child_ended, opens("0", "/of_handler")}));
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->after, 1U);
  ASSERT_EQ(parting->other.size(), 2U);
  EXPECT_EQ(parting->other.front(), child_ended);
}

TEST(FirstParting, PassesOverNamesThatAreDrawn) {
  EXPECT_FALSE(first_parting(run_of({opens("0", "/tmp/data-qwzxkv")}), run_of({opens("0", "/tmp/data-bnkwpl")})));
}

TEST(FirstParting, KnowsNamesThatAreChosen) {
  const auto parting = first_parting(run_of({opens("0", "/tmp/reports"), opens("0", "/tmp/backups")}),
                                     run_of({opens("0", "/tmp/backups"), opens("0", "/tmp/reports")}));
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->after, 0U);
}

TEST(FirstParting, KnowsAThreadThatDidNothingMore) {
  const Evidence one = run_of({opens("0", "/a")});
  const Evidence other = run_of({opens("0", "/a"), opens("0", "/b")});
  const auto parting = first_parting(one, other);
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->after, 1U);
  EXPECT_THAT(parting->one, IsEmpty());
  EXPECT_THAT(objects(parting->other), ElementsAre("/b"));
}

TEST(FirstParting, KnowsAThreadThatIsOnlyInOne) {
  const auto parting = first_parting(run_of({opens("0", "/a")}), run_of({opens("0", "/a"), opens("0.1", "/b")}));
  ASSERT_TRUE(parting);
  EXPECT_EQ(parting->who, ProcessPath::parse("0.1"));
  EXPECT_EQ(parting->after, 0U);
}

TEST(FirstParting, TellsAnotherOrderOfTheSame) {
  const Evidence one = run_of({opens("0", "/a"), opens("0.1", "/1"), opens("0", "/b")});
  const Evidence other = run_of({opens("0", "/a"), opens("0", "/b"), opens("0.1", "/1")});
  const auto parting = first_parting(one, other);
  ASSERT_TRUE(parting);
  EXPECT_TRUE(parting->interleaved);
  EXPECT_EQ(parting->after, 1U);
  EXPECT_THAT(objects(parting->one), ElementsAre("/1", "/b"));
  EXPECT_THAT(objects(parting->other), ElementsAre("/b", "/1"));
}

}  // namespace
}  // namespace exitproof
