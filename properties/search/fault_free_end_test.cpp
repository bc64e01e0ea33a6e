#include "exitproof/fault_free_end.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace exitproof {
namespace {

Evidence run_with(WaitStatus end, const std::string& said = "") {
  Evidence run;
  run.root_end = end;
  run.err = {.bytes = said.size(), .digest = {}, .head = said};
  return run;
}

Evidence stopped(WaitStatus end) {
  Evidence run = run_with(end);
  run.stopped_by_harness = true;
  return run;
}

Scenario stopped_by(const std::string& stop) {
  Scenario scenario;
  if (!stop.empty()) scenario.stop = StopBy::parse(stop);
  return scenario;
}

bool is_usual(const Evidence& run, const std::string& stop = "") {
  return fault_free_ends(std::vector{run}, stopped_by(stop)).front().is_usual();
}

TEST(FaultFreeEnds, OnlyStatusZeroIsUsualOfWhatEndsByItself) {
  EXPECT_TRUE(is_usual(run_with(WaitStatus::exited(0))));
  for (int status = 1; status <= 255; ++status) EXPECT_FALSE(is_usual(run_with(WaitStatus::exited(status))));
  EXPECT_FALSE(is_usual(run_with(WaitStatus::killed(SIGKILL))));
  EXPECT_FALSE(is_usual(run_with(WaitStatus::killed(SIGTERM)), "SIGTERM")) << "nobody had stopped it";
}

TEST(FaultFreeEnds, WhatIsStoppedMayEndByItsStop) {
  EXPECT_TRUE(is_usual(stopped(WaitStatus::exited(0)), "SIGTERM"));
  EXPECT_TRUE(is_usual(stopped(WaitStatus::killed(SIGTERM)), "SIGTERM"));
  EXPECT_TRUE(is_usual(stopped(WaitStatus::exited(128 + SIGTERM)), "SIGTERM"));
  EXPECT_TRUE(is_usual(stopped(WaitStatus::killed(SIGINT)), "ctrl-c"));
  EXPECT_TRUE(is_usual(stopped(WaitStatus::killed(SIGTERM)), "kill $EXITPROOF_PID"));
  EXPECT_FALSE(is_usual(stopped(WaitStatus::exited(1)), "SIGTERM"));
  EXPECT_FALSE(is_usual(stopped(WaitStatus::killed(SIGSEGV)), "SIGTERM"));
  EXPECT_FALSE(is_usual(stopped(WaitStatus::killed(SIGSEGV)), "kill $EXITPROOF_PID"));
  EXPECT_FALSE(is_usual(stopped(WaitStatus::exited(1)), "eof"));
}

TEST(FaultFreeEnds, AreToldWithTheLastLineThatWasSaid) {
  const std::vector runs{run_with(WaitStatus::exited(3), "reading\nno such file \n\n"), run_with(WaitStatus::exited(3)),
                         run_with(WaitStatus::killed(SIGSEGV))};
  const std::vector<FaultFreeEnd> ends = fault_free_ends(runs, {});
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(describe_end(ends[0], 3),
            "without any fault in 2 of 3 runs it ends with status 3, and its last line on standard error is \"no such "
            "file\"");
  EXPECT_EQ(describe_end(ends[1], 1), "without any fault SIGSEGV ends it");
}

TEST(FaultFreeEnds, NothingIsSaidOfRunsThatWereCutAndOfWordsThatWereNotKept) {
  Evidence cut = run_with(WaitStatus::killed(SIGKILL));
  cut.cut_by_harness = true;
  EXPECT_TRUE(fault_free_ends(std::vector{cut, Evidence()}, {}).empty());
  Evidence talkative = run_with(WaitStatus::exited(1), "the first mebibyte");
  talkative.err.bytes = 2'000'000;
  EXPECT_EQ(fault_free_ends(std::vector{talkative}, {}).front().last_words, "");
}

}  // namespace
}  // namespace exitproof
