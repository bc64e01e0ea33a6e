#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"
#include "harness/model/test_paths_testing.hpp"

// The choice of the world, where everything is allowed and where a seccomp filter refuses namespaces and mounts.
namespace exitproof::cli {
namespace {

using exitproof::testing::exitproof_binary;
using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using exitproof::testing::run_program;
using exitproof::testing::subject;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;
using Json = nlohmann::json;

const Words leaves_a_file{"--", "/bin/sh", "-c", "f=$(mktemp); sleep 0.5; rm $f"};
const Words run_signals{"run", "--faults", "signals", "--trials", "4", "--json", "-"};

Ran run_in_container(Words words, const Words& more) {
  words.insert(words.begin(), exitproof_binary());
  words.insert(words.end(), more.begin(), more.end());
  return run_program(subject("in_container"), words);
}

Words with_world(const std::string& world) {
  Words words = run_signals;
  words.insert(words.end(), {"--world", world});
  return words;
}

bool skips(const Json& document, std::string_view check) {
  const Json& skipped = document["skipped"];
  return std::any_of(skipped.begin(), skipped.end(), [&](const Json& skip) { return skip["check"] == check; });
}

TEST(World, IsPrivateWhereNamespacesAreRefusedAndItIsSaid) {
  const Ran ran = run_in_container(run_signals, leaves_a_file);
  ASSERT_EQ(ran.status, WaitStatus::exited(exit_violated)) << ran.out << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("this machine refuses"), HasSubstr("--world private"), HasSubstr("1 worker")));
  const Json document = Json::parse(ran.out);
  EXPECT_EQ(document["world"], "private");
  EXPECT_EQ(document["findings"].front()["invariant"], "no-leftovers");
  for (const char* check : {"files", "files of the machine", "network", "pids"}) {
    EXPECT_TRUE(skips(document, check)) << check;
  }
}

TEST(World, FindsTheSameInBothWorlds) {
  const auto findings_in = [&](const std::string& world) {
    Words words = with_world(world);
    words.insert(words.end(), leaves_a_file.begin(), leaves_a_file.end());
    const Ran ran = run_binary(words);
    const Json document = Json::parse(ran.out);
    EXPECT_EQ(document["world"], world);
    Words findings;
    for (const Json& finding : document["findings"]) {
      findings.push_back(finding["invariant"].get<std::string>() + " " + finding["plan"].get<std::string>());
    }
    return findings;
  };
  EXPECT_FALSE(findings_in("overlay").empty());
  EXPECT_EQ(findings_in("private"), findings_in("overlay"));
}

TEST(World, OverlayThatIsAskedForAndRefusedIsTheReasonNotToTry) {
  const Ran ran = run_in_container(with_world("overlay"), leaves_a_file);
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_cannot_try)) << ran.out << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("--world overlay"), HasSubstr("Operation not permitted"), HasSubstr("doctor")));
}

TEST(World, DoctorTellsWhatIsRefusedWhatItCostsAndWhatWouldHelp) {
  const Ran ran = run_in_container({"doctor"}, {});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("no   namespaces"), HasSubstr("without it: --world private"),
                             HasSubstr("--security-opt seccomp=unconfined"),
                             HasSubstr("trials run with --world private"), HasSubstr("A trial of /bin/true works.")));
}

TEST(World, ReplayAndSurveyChooseItToo) {
  for (const Words& words : {Words{"survey"}, Words{"replay", "kill@0:exit:1"}}) {
    const Ran ran = run_in_container(words, {"--", "/bin/true"});
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("--world private"));
  }
}

}  // namespace
}  // namespace exitproof::cli
