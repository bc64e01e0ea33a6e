#include "harness/trial/clock/subject_clock.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace exitproof {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds file_time_now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(SubjectClock, is_the_machines_until_time_is_skipped) {
  SubjectClock clock;
  const auto before = SubjectClock::Clock::now();
  const auto unskipped = clock.now();
  EXPECT_GE(unskipped, before);
  EXPECT_LE(unskipped, SubjectClock::Clock::now());
  EXPECT_EQ(clock.skips(), 0U);
  clock.skip(5s);
  const auto skipped = clock.now();
  EXPECT_GE(skipped, before + 5s);
  EXPECT_LE(skipped, SubjectClock::Clock::now() + 5s);
  EXPECT_EQ(clock.on_machine(before + 5s), before);
}

TEST(SubjectClock, knows_what_of_a_time_was_skipped) {
  SubjectClock clock;
  clock.skip(1s);
  const auto between = clock.now();
  clock.skip(2s);
  clock.skip(3s);
  EXPECT_EQ(clock.skipped_since(between), 5s);
  EXPECT_EQ(clock.skipped_since(between - 10s), 6s);
  EXPECT_EQ(clock.skipped_since(clock.now()), 0s);
}

TEST(SubjectClock, shows_files_the_times_at_which_they_were_made) {
  SubjectClock clock;
  const auto old = file_time_now() - 1h;
  const auto first = file_time_now();
  EXPECT_EQ(clock.shown_at(first), first);
  clock.skip(10s);
  EXPECT_EQ(clock.shown_at(first), first) << "though the clock of files may not have ticked";
  SubjectClock::await_tick();
  const auto second = file_time_now();
  clock.skip(20s);
  SubjectClock::await_tick();
  EXPECT_EQ(clock.shown_at(old), old);
  EXPECT_EQ(clock.shown_at(first), first);
  EXPECT_EQ(clock.shown_at(second), second + 10s);
  const auto last = file_time_now();
  EXPECT_EQ(clock.shown_at(last), last + 30s);
  EXPECT_EQ(clock.shown_at(last + 30s), last + 30s) << "the subject has set it to its own present";
}

TEST(SubjectClock, ends_in_the_order_of_the_clock) {
  const SubjectClock clock;
  const auto end = clock.end_after(100ms);
  EXPECT_EQ(end.at, end.order);
  EXPECT_LT(end.order, clock.end_after(100ms).order + 1ns);
  EXPECT_LE(clock.left_until(end), 100ms);
}

TEST(SubjectClock, ends_in_the_order_of_skipped_time_when_asked_to) {
  SubjectClock clock;
  clock.order_by_skips();
  const auto one = clock.end_after(100ms);
  EXPECT_EQ(clock.end_after(100ms).order, one.order);
  EXPECT_EQ(clock.left_until(one), 100ms);
  clock.reach(one);
  EXPECT_EQ(clock.end_after(50ms).order, one.order + 50ms);
  EXPECT_EQ(clock.left_until(one), 0ms);
}

TEST(SubjectClock, puts_a_computed_length_where_the_length_stands_that_somebody_chose) {
  SubjectClock clock;
  clock.order_by_skips();
  const auto order_of = [&clock](std::chrono::nanoseconds length, std::chrono::nanoseconds since) {
    return clock.end_after_computed(length, SubjectClock::Clock::now() - since).order;
  };
  const auto chosen = [&clock](std::chrono::nanoseconds length) { return clock.end_after(length).order; };
  EXPECT_EQ(order_of(99'600us, 0s), chosen(100ms)) << "the clock has moved while it was computed";
  EXPECT_EQ(order_of(98'600us, 0s), chosen(99ms));
  EXPECT_EQ(order_of(227ms, 30ms), chosen(250ms)) << "others had the CPU meanwhile";
  EXPECT_EQ(order_of(2'960ms, 45ms), chosen(3s));
  EXPECT_EQ(order_of(227ms, 1ms), chosen(230ms));
  EXPECT_EQ(order_of(227ms, 10s), chosen(250ms)) << "so long ago, the clock may have been read later";
  EXPECT_EQ(order_of(-3s, 1ms), chosen(0s)) << "it is over";
}

}  // namespace
}  // namespace exitproof
