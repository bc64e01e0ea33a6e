#include "harness/linux/proc_files.hpp"

#include <gtest/gtest.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

TEST(PosixTimers, are_read_from_their_text) {
  const auto timers = parse_posix_timers(
      "ID: 12\nsignal: 10/00007ffd\nnotify: signal/pid.7\nClockID: 1\n"
      "ID: 3\nsignal: 34/0\nnotify: none/pid.7\nClockID: 0\n"
      "ID: 2\nsignal: 32/0\nnotify: signal/tid.8\nClockID: 2\n"
      "ID: 1\nsignal: 14/0\nnotify: signal/pid.7\nClockID: -6\n"
      "ID: 0\nsignal: 14/0\nnotify: signal/pid.7\nClockID: -21\n");
  ASSERT_EQ(timers.size(), 5U);
  EXPECT_EQ(timers[0].id, 12);
  EXPECT_EQ(timers[0].signal, 10);
  EXPECT_TRUE(timers[0].signals);
  EXPECT_FALSE(timers[0].of_cpu_time);
  EXPECT_FALSE(timers[1].signals);
  EXPECT_TRUE(timers[2].of_cpu_time) << "CLOCK_PROCESS_CPUTIME_ID";
  EXPECT_TRUE(timers[3].of_cpu_time) << "clock_getcpuclockid(3)";
  EXPECT_FALSE(timers[4].of_cpu_time) << "a clock device's descriptor";
}

TEST(PosixTimers, of_a_process_are_listed) {
  const auto before = read_posix_timers(::getpid());
  ASSERT_TRUE(before);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR2;
  timer_t timer{};
  ASSERT_EQ(::timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
  const auto after = read_posix_timers(::getpid());
  ::timer_delete(timer);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->size(), before->size() + 1);
  EXPECT_EQ(after->front().signal, SIGUSR2);
}

TEST(TimerDescriptor, is_armed_until_it_is_disarmed) {
  const UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  EXPECT_FALSE(timer_descriptor_is_armed(::getpid(), timer.get()));
  itimerspec in{{0, 0}, {1'000, 0}};
  ASSERT_EQ(::timerfd_settime(timer.get(), 0, &in, nullptr), 0);
  EXPECT_TRUE(timer_descriptor_is_armed(::getpid(), timer.get()));
  in.it_value.tv_sec = 0;
  ASSERT_EQ(::timerfd_settime(timer.get(), 0, &in, nullptr), 0);
  EXPECT_FALSE(timer_descriptor_is_armed(::getpid(), timer.get()));
  EXPECT_TRUE(timer_descriptor_is_armed(::getpid(), 1'000'000)) << "not known";
}

}  // namespace
}  // namespace exitproof::sys
