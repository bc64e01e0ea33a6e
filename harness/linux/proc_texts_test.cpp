#include "harness/linux/proc_texts.hpp"

#include <gtest/gtest.h>

#include <string>

namespace exitproof::sys {
namespace {

TEST(ProcessStat, is_read_behind_any_name) {
  const std::string numbers = " S 7 8 9 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 456 1 2 3\n";
  const ProcessStat expected{'S', 7, 8, 9, 11};
  for (const std::string name : {"sh", "", ")", "a) R 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 99", "x\ny"}) {
    EXPECT_EQ(parse_process_stat("42 (" + name + ")" + numbers), expected) << name;
  }
}

TEST(ProcessStat, of_a_cut_text_is_nothing) {
  EXPECT_FALSE(parse_process_stat(""));
  EXPECT_FALSE(parse_process_stat("42 (sh"));
  EXPECT_FALSE(parse_process_stat("42 (sh)"));
  EXPECT_FALSE(parse_process_stat("42 (sh) S 7 8 9 0"));
}

TEST(ProcessStatus, is_not_read_out_of_the_name) {
  const std::string status =
      "Name:\tSigIgn:\tffff\nTgid:\t12\nPid:\t13\nUid:\t1\t2\t3\t4\n"
      "SigPnd:\t0000000000000001\nShdPnd:\t0000000000000002\nSigBlk:\t0000000000000004\nSigIgn:\t0000000000000008\n"
      "SigCgt:\tffffffff00000010\n";
  const SignalSets sets{.pending = 1, .pending_shared = 2, .blocked = 4, .ignored = 8, .caught = 0xffffffff00000010};
  EXPECT_EQ(parse_signal_sets(status), sets);
  EXPECT_TRUE(sets.has(sets.ignored, 4));
  EXPECT_FALSE(sets.has(sets.ignored, 3));
  EXPECT_EQ(parse_thread_group(status), 12);
  EXPECT_EQ(parse_effective_user(status), 2U);
}

TEST(ProcessStatus, of_a_cut_text_is_nothing) {
  EXPECT_EQ(parse_signal_sets("Name:\tsh\n"), SignalSets());
  EXPECT_FALSE(parse_thread_group("Name:\tsh\nTgid:\t"));
  EXPECT_FALSE(parse_effective_user("Name:\tsh\nUid:\t1"));
}

TEST(CallInProgress, is_read_with_its_arguments) {
  CallInProgress call{
      .number = 61, .args = {0xffffffffffffffff, 0x7ffd, 0, 0, 1, 2}, .stack = 0x7ffc, .instruction = 5};
  EXPECT_EQ(parse_call_in_progress("61 0xffffffffffffffff 0x7ffd 0x0 0x0 0x1 0x2 0x7ffc 0x5\n"), call);
  call = {.number = -1, .args = {}, .stack = 0x10, .instruction = 0x20};
  EXPECT_EQ(parse_call_in_progress("-1 0x10 0x20\n"), call);
  EXPECT_FALSE(parse_call_in_progress("running\n"));
  EXPECT_FALSE(parse_call_in_progress("61 0x0 0x0"));
  EXPECT_FALSE(parse_call_in_progress(""));
}

TEST(Timeslices, are_the_third_number) {
  EXPECT_EQ(parse_timeslices("26300 0 17\n"), 17U);
  EXPECT_FALSE(parse_timeslices("26300 0"));
}

TEST(DescriptorFlags, are_octal) {
  EXPECT_EQ(parse_descriptor_flags("pos:\t0\nflags:\t0100002\nmnt_id:\t29\n"), 0100002);
  EXPECT_FALSE(parse_descriptor_flags("pos:\t0\n"));
}

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
  EXPECT_EQ(timers[0].value, 0x7ffdU);
  EXPECT_EQ(timers[0].thread, 0);
  EXPECT_EQ(timers[0].clock, 1);
  EXPECT_EQ(timers[2].thread, 8);
}

}  // namespace
}  // namespace exitproof::sys
