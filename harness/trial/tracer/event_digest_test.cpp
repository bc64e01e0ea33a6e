#include "harness/trial/tracer/event_digest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace exitproof {
namespace {

Event writes(const std::string& who, const std::string& object) {
  return {.kind = EventKind::call,
          .who = ProcessPath::parse(who),
          .call = "write",
          .object = object,
          .result = 0,
          .site = {}};
}

EventDigest digest_of(const std::vector<Event>& events) {
  EventDigester digester;
  for (const Event& event : events) digester.add(event);
  return digester.print();
}

TEST(EventDigest, IsTheSameForTheSame) {
  const std::vector<Event> events{writes("0", "/a"), writes("0.1", "/b"), writes("0", "/c")};
  const EventDigest digest = digest_of(events);
  EXPECT_EQ(digest, digest_of(events));
  EXPECT_EQ(digest.events, 3U);
  EXPECT_EQ(digest.whole.size(), 16U);
  ASSERT_EQ(digest.threads.size(), 2U);
  EXPECT_EQ(digest.threads[0].thread, ProcessPath::root());
  EXPECT_EQ(digest.threads[0].events, 2U);
  EXPECT_EQ(digest.threads[1].events, 1U);
}

TEST(EventDigest, TellsInterleavingFromWhatAProcessDoes) {
  const EventDigest one = digest_of({writes("0", "/a"), writes("0.1", "/b")});
  const EventDigest interleaved = digest_of({writes("0.1", "/b"), writes("0", "/a")});
  EXPECT_NE(one.whole, interleaved.whole);
  EXPECT_EQ(one.by_thread, interleaved.by_thread);
  EXPECT_EQ(one.threads, interleaved.threads);

  const EventDigest other = digest_of({writes("0", "/b"), writes("0.1", "/a")});
  EXPECT_NE(one.by_thread, other.by_thread);
}

TEST(EventDigest, DependsOnTheOrderWithinAThread) {
  EXPECT_NE(digest_of({writes("0", "/a"), writes("0", "/b")}).by_thread,
            digest_of({writes("0", "/b"), writes("0", "/a")}).by_thread);
}

TEST(EventDigest, DoesNotJoinEvents) {
  EXPECT_NE(digest_of({writes("0", "/a"), writes("0", "/b")}).whole,
            digest_of({writes("0", "/a\n0 call write /b")}).whole);
}

TEST(EventDigest, OfNothingIsTaken) {
  const EventDigest digest = digest_of({});
  EXPECT_EQ(digest.whole.size(), 16U);
  EXPECT_EQ(digest.events, 0U);
  EXPECT_TRUE(digest.threads.empty());
}

}  // namespace
}  // namespace exitproof
