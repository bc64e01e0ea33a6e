#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"
#include "harness/model/test_paths_testing.hpp"

// Names, arguments and variables are bytes, and reach the subject as they were given.
namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;
using exitproof::testing::exitproof_binary;
using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using exitproof::testing::run_program;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

const std::string no_utf8 = "no \xff\xc3 utf-8 \xf4\x8f\xba\x80";

class Bytes : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "exitproof-bytes-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

// What a replay without a fault says of the subject's end.
void expect_success(const Ran& ran) {
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(": exit 0")) << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr(": exit 1"))) << ran.err;
}

TEST_F(Bytes, OfAnArgumentAndAVariableReachTheSubject) {
  const std::string script = "test \"$1\" = \"$(printf 'no \\377\\303 utf-8 \\364\\217\\272\\200')\"";
  expect_success(run_binary({"replay", "none", "--", "/bin/sh", "-c", script, "sh", no_utf8}));
  const std::string of_variable = "set -- \"$X\"; " + script;
  expect_success(run_binary({"replay", "--env", "X=" + no_utf8, "none", "--", "/bin/sh", "-c", of_variable}));
  expect_success(run_program(
      "/usr/bin/env", {"X=" + no_utf8, exitproof_binary(), "replay", "none", "--", "/bin/sh", "-c", of_variable}));
}

TEST_F(Bytes, OfAProgramAndAWorkingDirectoryFindThem) {
  fs::create_directory(folder_ / no_utf8);
  fs::create_symlink("/bin/true", folder_ / no_utf8 / no_utf8);
  const std::string script = "cd \"$1\" && exec \"$0\" replay none -- \"./$2\"";
  expect_success(run_program("/bin/sh", {"-c", script, exitproof_binary(), (folder_ / no_utf8).string(), no_utf8}));
}

TEST_F(Bytes, OfAFileNameAreMatched) {
  const std::string makes = "umask 077; : >\"$1\"; : >/dev/null; rm \"$1\"";
  const std::string file = (folder_ / no_utf8).string();
  Words run{"run", "--faults", "kill", "--after-kill", "forbid", "--json", "-",
            "--",  "/bin/sh",  "-c",   makes,          "sh",     file};
  const Ran found = run_binary(run);
  EXPECT_EQ(found.status, WaitStatus::exited(exit_violated)) << found.out << found.err;
  run.insert(run.begin() + 1, {"--allow", file});
  const Ran allowed = run_binary(run);
  EXPECT_EQ(allowed.status, WaitStatus::exited(exit_held)) << allowed.out << allowed.err;
}

}  // namespace
}  // namespace exitproof::cli
