#include "exitproof/wait_status.hpp"

#include <sys/wait.h>

#include <csignal>
#include <set>

#include <gtest/gtest.h>

#include "harness/model/parse_error_testing.hpp"

namespace exitproof {
namespace {

TEST(WaitStatus, every_exit_code) {
  for (int code = 0; code <= 255; ++code) {
    const WaitStatus status = WaitStatus::exited(code);
    EXPECT_EQ(WaitStatus::from_raw(W_EXITCODE(code, 0)), status);
    EXPECT_TRUE(status.is_exit());
    EXPECT_FALSE(status.is_signal());
    EXPECT_EQ(status.exit_code(), code);
    EXPECT_EQ(status.success(), code == 0);
    EXPECT_FALSE(status.core_dumped());
    EXPECT_EQ(WaitStatus::parse(status.print()), status);
    EXPECT_EQ(WaitStatus::from_raw(status.raw()), status);
  }
}

TEST(WaitStatus, every_signal_with_and_without_core) {
  for (int signal = 1; signal <= 64; ++signal) {
    for (const bool core : {false, true}) {
      const WaitStatus status = WaitStatus::killed(signal, core);
      EXPECT_EQ(WaitStatus::from_raw(signal | (core ? WCOREFLAG : 0)), status);
      EXPECT_TRUE(status.is_signal());
      EXPECT_FALSE(status.is_exit());
      EXPECT_FALSE(status.success());
      EXPECT_EQ(status.signal(), signal);
      EXPECT_EQ(status.core_dumped(), core);
      EXPECT_EQ(WaitStatus::parse(status.print()), status);
      EXPECT_EQ(WaitStatus::from_raw(status.raw()), status);
    }
  }
}

TEST(WaitStatus, no_two_ends_print_alike) {
  std::set<std::string> printed;
  for (int code = 0; code <= 255; ++code) printed.insert(WaitStatus::exited(code).print());
  for (int signal = 1; signal <= 64; ++signal)
    for (const bool core : {false, true}) printed.insert(WaitStatus::killed(signal, core).print());
  EXPECT_EQ(printed.size(), 256U + 2 * 64);
}

TEST(WaitStatus, has_words_for_people) {
  EXPECT_EQ(WaitStatus().print(), "exit 0");
  EXPECT_EQ(WaitStatus::exited(3).print(), "exit 3");
  EXPECT_EQ(WaitStatus::killed(SIGKILL).print(), "SIGKILL");
  EXPECT_EQ(WaitStatus::killed(SIGSEGV, true).print(), "SIGSEGV core");
  EXPECT_EQ(WaitStatus::killed(32).print(), "SIG32");
}

TEST(WaitStatus, refuses_with_the_column) {
  const testing::BadText cases[] = {
      {"", 1, "'exit N' or a signal's name"}, {"exit", 1, "'exit N'"},         {"exit 256", 6, "from 0 to 255"},
      {"exit -1", 6, "from 0 to 255"},        {"exit 03", 6, "from 0"},        {"exit 3 core", 7, "the end"},
      {"SIGKIL", 1, "perhaps 'SIGKILL'?"},    {"SIG9", 1, "a signal's name"},  {"SIGSEGV cor", 8, "the end"},
      {"SIGSEGV core ", 13, "the end"},       {"SIG99", 1, "a signal's name"},
  };
  for (const auto& [text, column, words] : cases) testing::expect_parse_error(WaitStatus::parse, text, column, words);
}

TEST(WaitStatusDeathTest, a_stop_is_no_end) {
  EXPECT_DEATH(WaitStatus::from_raw(W_STOPCODE(SIGSTOP)), "an end, not of a stop");
  EXPECT_DEATH(WaitStatus::from_raw(0xffff), "an end, not of a stop");
  EXPECT_DEATH(WaitStatus::exited(3).signal(), "a signal ended");
  EXPECT_DEATH(WaitStatus::killed(9).exit_code(), "a process that exited");
  EXPECT_DEATH(WaitStatus::exited(256), "one byte");
  EXPECT_DEATH(WaitStatus::killed(0), "a signal's number");
}

}  // namespace
}  // namespace exitproof
