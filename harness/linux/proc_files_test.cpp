#include "harness/linux/proc_files.hpp"

#include <gtest/gtest.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {
namespace {

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

TEST(ProcFiles, where_a_path_leads) {
  EXPECT_EQ(resolve_for(::getpid(), "/proc/../usr/./lib//absent"), "/usr/lib/absent");
  EXPECT_EQ(resolve_for(::getpid(), "/absent"), "/absent");
  EXPECT_EQ(resolve_for(::getpid(), "/proc/self/../../usr/lib"), "/usr/lib");
  EXPECT_EQ(resolve_for(::getpid(), "/absent/file"), "");
  EXPECT_EQ(resolve_for(::getpid(), "relative"), "");
}

}  // namespace
}  // namespace exitproof::sys
