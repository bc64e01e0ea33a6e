#include <gtest/gtest.h>

#include "harness/trial/trial_testing.hpp"

// Who makes which file, by whatever name it was called.
namespace exitproof::testing {
namespace {

Evidence of_child(const std::string& script) {
  Evidence evidence =
      try_once({"/bin/sh", "-c", "mkdir /tmp/made && cd /tmp/made && (" + script + "); wait"}, rich_request());
  EXPECT_EQ(evidence.root_end, WaitStatus::exited(0)) << explain(evidence);
  return evidence;
}

class MakerTest : public ::testing::TestWithParam<const char*> {};

TEST_P(MakerTest, is_named) {
  const Evidence evidence = of_child(GetParam());
  const FileChange* file = find_file(evidence, "/tmp/made/file");
  ASSERT_NE(file, nullptr) << explain(evidence);
  ASSERT_TRUE(file->maker) << explain(evidence);
  EXPECT_EQ(file->maker->process(), ProcessPath::parse("0.2")) << explain(evidence);
}

INSTANTIATE_TEST_SUITE_P(names, MakerTest,
                         ::testing::Values(": >file", ": >./file", ": >././/file", ": >//tmp/made/./file",
                                           ": >../made/file"));

TEST(MakersTest, is_named_beyond_a_link) {
  const Evidence evidence = try_once(
      {"/bin/sh", "-c", "mkdir /tmp/made && ln -s made /tmp/link && (: >/tmp/link/file; : >/tmp/link/../other); wait"},
      rich_request());
  for (const char* path : {"/tmp/made/file", "/tmp/other"}) {
    const FileChange* file = find_file(evidence, path);
    ASSERT_NE(file, nullptr) << explain(evidence);
    ASSERT_TRUE(file->maker) << path << '\n' << explain(evidence);
    EXPECT_EQ(file->maker->process(), ProcessPath::parse("0.3")) << path;
  }
}

TEST(MakersTest, of_a_renamed_file_is_who_named_it) {
  const Evidence evidence = of_child(": >./part; mv part ./file");
  const FileChange* file = find_file(evidence, "/tmp/made/file");
  ASSERT_NE(file, nullptr) << explain(evidence);
  ASSERT_TRUE(file->maker) << explain(evidence);
  EXPECT_EQ(evidence.describe(file->maker->process()), "mv (0.2)");
}

}  // namespace
}  // namespace exitproof::testing
