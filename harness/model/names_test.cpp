#include "exitproof/names.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(Names, every_signal_that_exists_has_a_name_that_gives_its_number_back) {
  for (int number = 1; number <= SIGRTMAX; ++number) {
    if (number > SIGSYS && number < SIGRTMIN) continue;  // the C library's own
    EXPECT_EQ(signal_number(signal_name(number)), number) << signal_name(number);
  }
}

TEST(Names, signal_names_agree_with_the_c_library) {
  for (int number = 1; number <= SIGSYS; ++number) {
    const std::string_view known = sigabbrev_np(number);
    EXPECT_EQ(signal_number("SIG" + std::string(known)), number) << known;
  }
}

TEST(Names, signals_of_signal_7) {
  EXPECT_EQ(signal_name(15), "SIGTERM");
  EXPECT_EQ(signal_name(SIGRTMIN), "SIGRTMIN");
  EXPECT_EQ(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
  EXPECT_EQ(signal_name(99), "SIG99");
  EXPECT_EQ(signal_number("SIGCLD"), SIGCHLD);
  EXPECT_EQ(signal_number("SIGIOT"), SIGABRT);
  for (const std::string_view unknown :
       {"", "SIG", "TERM", "sigterm", "SIG9", "SIGRTMIN+", "SIGRTMIN+0", "SIGRTMIN+99", "SIGRTMIN+03", "SIGTERM "})
    EXPECT_EQ(signal_number(unknown), std::nullopt) << unknown;
}

TEST(Names, errnos_agree_with_the_c_library) {
  int named = 0;
  for (int number = 1; number < 200; ++number) {
    const char* known = strerrorname_np(number);
    if (!known) continue;
    ++named;
    EXPECT_EQ(errno_number(known), number) << known;
    EXPECT_EQ(errno_number(errno_name(number)), number);
  }
  EXPECT_GT(named, 130);
}

TEST(Names, errnos_of_errno_3) {
  EXPECT_EQ(errno_name(ENOSPC), "ENOSPC");
  EXPECT_EQ(errno_name(4000), "errno 4000");
  EXPECT_EQ(errno_number("EWOULDBLOCK"), EAGAIN);
  EXPECT_EQ(errno_name(EAGAIN), "EAGAIN");
  EXPECT_EQ(errno_number("ENOTHING"), std::nullopt);
}

TEST(Names, lists_hold_no_name_twice) {
  for (const auto names : {all_signal_names(), all_errno_names()})
    EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
}

TEST(Names, the_nearest_name_is_a_misspelling_or_nothing) {
  const std::string_view known[] = {"kill", "kill-tree", "ctrl-c", "SIGTERM", "ENOSPC", "rename"};
  const std::pair<std::string_view, std::optional<std::string>> cases[] = {
      {"kil", "kill"},        {"kill_tree", "kill-tree"}, {"ctlr-c", "ctrl-c"}, {"SIGTREM", "SIGTERM"},
      {"sigterm", "SIGTERM"}, {"ENOSPACE", "ENOSPC"},     {"renam", "rename"},  {"zzz", std::nullopt},
      {"", std::nullopt},     {"explode", std::nullopt},
  };
  for (const auto& [word, nearest] : cases) EXPECT_EQ(nearest_name(word, known), nearest) << word;
}

TEST(Names, are_not_sought_for_a_long_text) {
  EXPECT_EQ(nearest_name(std::string(10'000'000, 'S'), all_signal_names()), std::nullopt);
}

}  // namespace
}  // namespace exitproof
