#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"
#include "harness/model/test_paths_testing.hpp"

// What the command does when it is started without a descriptor that every program has.
namespace exitproof::cli {
namespace {

using exitproof::testing::exitproof_binary;
using exitproof::testing::Ran;
using exitproof::testing::run_program;
using ::testing::HasSubstr;

Ran run_in_shell(const std::string& words) {
  return run_program("/bin/sh", {"-c", "exec \"$0\" " + words, exitproof_binary()});
}

TEST(Descriptors, NobodyWhoListensToComplaintsChangesNoExitStatus) {
  for (const char* closed : {"2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"}) {
    for (const char* words : {"verify nonexist", "certify nonexist", "merge nonexist", "run --bogus", "nonexist", ""}) {
      const Ran ran = run_in_shell(std::string(words) + ' ' + closed);
      EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << words << ' ' << closed;
    }
  }
  for (const char* words : {"run -- /nonexist", "survey -- /nonexist", "replay none -- /nonexist"}) {
    EXPECT_EQ(run_in_shell(std::string(words) + " 2>&-").status, WaitStatus::exited(exit_usage)) << words;
  }
}

TEST(Descriptors, ResultsForNobodyAreAFailure) {
  for (const char* words : {"list", "--help", "--version", "run --help", "doctor"}) {
    const Ran ran = run_in_shell(std::string(words) + " >&-");
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_harness_failed)) << words;
    EXPECT_THAT(ran.err, HasSubstr("writing")) << words;
    EXPECT_EQ(run_in_shell(std::string(words) + " >/dev/full").status, WaitStatus::exited(exit_harness_failed))
        << words;
  }
}

TEST(Descriptors, TrialsAreMadeWithoutTheUsualOnes) {
  const std::string run = "run --faults kill --trials 2 --json - -- /bin/sh -c ': >/dev/null; exec true' ";
  const Ran without_input = run_in_shell(run + "<&- 2>&-");
  EXPECT_EQ(without_input.status, WaitStatus::exited(exit_held)) << without_input.out;
  EXPECT_THAT(without_input.out, HasSubstr("\"total\": 2"));
  const Ran without_output = run_in_shell(run + "<&- >&-");
  EXPECT_EQ(without_output.status, WaitStatus::exited(exit_harness_failed)) << without_output.err;
  EXPECT_THAT(without_output.err, HasSubstr("writing the results: Bad file descriptor"));
}

}  // namespace
}  // namespace exitproof::cli
