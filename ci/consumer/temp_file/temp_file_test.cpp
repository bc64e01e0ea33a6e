#include "temp_file.hpp"

#include <exitproof/gtest.hpp>

using namespace exitproof::gtest;

EXITPROOF_SUBJECT(make_temp_file) try {
  const TempFile scratch("/tmp/consumer.scratch", "half of the work\n");
  return 0;
} catch (const std::system_error&) {
  return 1;
}

TEST(TempFile, LeavesNothingOnAFullDisk) {
  EXPECT_EXITPROOF(Scenario{.subject = make_temp_file, .faults = "enospc"});
}
