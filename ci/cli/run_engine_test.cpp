#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"

namespace exitproof::cli {
namespace {

using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using exitproof::testing::run_binary_and;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;
using Json = nlohmann::json;

const Words leaves_a_file{"/bin/sh", "-c", "f=$(mktemp); sleep 0.5; rm $f"};

const Words is_one_process{"/bin/sh", "-c", "echo a > /dev/null; echo b"};

Words with(Words options, const Words& command) {
  options.emplace_back("--");
  options.insert(options.end(), command.begin(), command.end());
  return options;
}

TEST(RunVerb, HoldsForAProgramThatMakesNothing) {
  const Ran ran = run_binary(with({"run", "--trials", "30", "--seed", "1"}, {"/bin/true"}));
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("seed 1"), HasSubstr("no finding")));
}

TEST(RunVerb, FindsWhatIsLeftAndTellsHowToReplayIt) {
  const Ran ran = run_binary(with({"run", "--faults", "signals", "--trials", "4", "--json", "-"}, leaves_a_file));
  ASSERT_EQ(ran.status, WaitStatus::exited(exit_violated)) << ran.out << ran.err;
  const Json document = Json::parse(ran.out);
  EXPECT_EQ(document["schema"], "exitproof/result/1");
  ASSERT_FALSE(document["findings"].empty());
  const Json& finding = document["findings"].front();
  EXPECT_EQ(finding["invariant"], "no-leftovers");
  EXPECT_EQ(finding["replay"]["times"], 5);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("replay " + finding["plan"].get<std::string>()), HasSubstr("sleep 0.5")));

  const Ran replayed = run_binary(with({"replay", finding["plan"]}, leaves_a_file));
  EXPECT_EQ(replayed.status, WaitStatus::exited(exit_violated)) << replayed.out << replayed.err;
  EXPECT_THAT(replayed.out, AllOf(HasSubstr("what happened"), HasSubstr("FAULT"), HasSubstr("no-leftovers")));
}

TEST(RunVerb, KeepsTheEvidenceThatIsAskedFor) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("exitproof-evidence-" + std::to_string(::getpid()));
  run_binary(with({"run", "--faults", "signals", "--trials", "1", "--evidence", folder.string()}, leaves_a_file));
  EXPECT_TRUE(std::filesystem::exists(folder / "survey-1.json"));
  EXPECT_TRUE(std::filesystem::exists(folder / "no-leftovers.SIGTERM@0:quiet:1.json"));
  std::filesystem::remove_all(folder);
}

TEST(RunVerb, TheSameSeedIsTheSameCampaignWithAnyNumberOfWorkers) {
  const auto campaign = [](const std::string& jobs) {
    const Ran ran = run_binary(with({"run", "--explore", "both", "--schedule", "seeded", "--faults", "signals,kill",
                                     "--trials", "24", "--seed", "7", "--jobs", jobs, "--json", "-"},
                                    {"/bin/sh", "-c", ": >/tmp/run_verb; /bin/true; rm /tmp/run_verb"}));
    Json document = Json::parse(ran.out);
    Json findings = Json::array();
    for (const Json& finding : document["findings"]) findings.push_back({finding["invariant"], finding["plan"]});
    document["statistics"].erase("by_phase");  // when it is ready is a matter of the machine's speed
    return Json{{"findings", findings}, {"statistics", document["statistics"]}};
  };
  const Json of_one = campaign("1");
  EXPECT_EQ(of_one, campaign("1"));
  if (std::thread::hardware_concurrency() > 1) {
    EXPECT_EQ(of_one, campaign("2"));
  }
}

TEST(RunVerb, KeepsWhatFailsAndTriesItFirst) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("exitproof-regressions-" + std::to_string(::getpid()) + ".toml");
  const Words options{"run", "--faults", "signals", "--trials", "3", "--regressions", file.string()};
  const Words leaves{"/bin/sh", "-c", ": >/tmp/run_verb; sleep 0.1; rm /tmp/run_verb"};
  const Ran first = run_binary(with(options, leaves));
  EXPECT_THAT(first.out, HasSubstr("new plans in " + file.string())) << first.err;
  const Ran again = run_binary(with(options, leaves));
  EXPECT_THAT(again.out, AllOf(HasSubstr("regressions: 2 fail, 0 hold"), Not(HasSubstr("new plan")))) << again.err;
  const Ran mended = run_binary(with(options, {"/bin/sh", "-c", "sleep 0.1"}));
  EXPECT_THAT(mended.out, HasSubstr("regressions: 0 fail, 2 hold")) << mended.err;
  std::ofstream(file) << "[[regression]]\nplan = \"kil@0:open:1\"\n";
  const Ran malformed = run_binary(with(options, leaves));
  EXPECT_EQ(malformed.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(malformed.err, AllOf(HasSubstr(file.string() + ", line 2"), HasSubstr("kil")));
  std::filesystem::remove(file);
}

TEST(RunVerb, CallsACommandThatCannotBeExecutedAMistake) {
  for (const std::string name : {"/nonexistent/prog", "no-such-program-anywhere", "/etc/passwd"}) {
    const Ran ran = run_binary({"run", "--", name});
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << ran.out << ran.err;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("cannot execute"), HasSubstr(name)));
  }
}

TEST(ReplayVerb, SaysThatAFaultDidNotFire) {
  const Ran ran = run_binary({"replay", "kill@0:rename:9", "--", "/bin/true"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_nothing_tried)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("did not fire"), HasSubstr("not-exercised")));
}

TEST(ReplayVerb, HoldsAndTellsTheRate) {
  const Ran ran = run_binary({"replay", "--times", "5", "kill@0:exit:1", "--", "/bin/true"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("5 replays: 0 violated, 5 held"));
}

TEST(ReplayVerb, VerifiesThatAProgramDoesTheSame) {
  const Ran ran =
      run_binary(with({"replay", "--verify", "--times", "3", "--json", "-", "kill@0:exit:1"}, is_one_process));
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.err,
              AllOf(HasSubstr("the verdict is the same in all 3: held"), HasSubstr("in the same order in all 3: ")));
  const Json document = Json::parse(ran.out);
  EXPECT_EQ(document["verify"]["times"], 3);
  EXPECT_EQ(document["verify"]["same"], 3);
  EXPECT_EQ(document["verify"]["parting"], nullptr);
  EXPECT_EQ(document["verify"]["digest"], document["digest"]);
}

TEST(ReplayVerb, SaysWhereAProgramDoesSomethingElse) {
  const Words differs{"/bin/sh", "-c", "read n < /proc/sys/kernel/random/uuid; echo ${n%%[a-f]*}"};
  const Ran ran = run_binary(with({"replay", "--verify", "--times", "20", "none"}, differs));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("not every process did the same"), HasSubstr("part at 0 "), HasSubstr("trial 1"),
                             HasSubstr("write")));
}

TEST(ReplayVerb, ComparesOneTrialWithNothing) {
  const Ran ran = run_binary({"replay", "--verify", "--times", "1", "none", "--", "/bin/true"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << ran.out << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("--verify"));
}

TEST(SurveyVerb, ShowsTheTreeAndTheSites) {
  const Ran ran = run_binary(with({"survey"}, leaves_a_file));
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("0.1  mktemp"), HasSubstr("quiet:1"), HasSubstr("unlink 1")));
}

TEST(DoctorVerb, TriesATrial) {
  const Ran ran = run_binary({"doctor"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("ptrace"), HasSubstr("A trial of /bin/true works.")));
}

TEST(RunVerb, ADriverThatFailsWithoutAFaultIsTheReason) {
  const Ran ran = run_binary({"run", "--drive", "exit 7", "--stop", "SIGTERM", "--", "/bin/sleep", "100"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_cannot_try)) << ran.out << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("driver"), HasSubstr("exit 7")));
}

class Interrupted : public ::testing::TestWithParam<int> {};

TEST_P(Interrupted, DiesByTheSignalAndPrintsWhatItHad) {
  const Ran ran = run_binary_and(with({"run", "--json", "-"}, leaves_a_file), "survey:", GetParam());
  EXPECT_EQ(ran.status, WaitStatus::killed(GetParam())) << ran.out << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("done "), HasSubstr("(interrupted)")));
  EXPECT_TRUE(Json::accept(ran.out));
}

INSTANTIATE_TEST_SUITE_P(RunVerb, Interrupted, ::testing::Values(SIGINT, SIGTERM));

TEST(RunVerb, EndsQuietlyWhenNobodyReads) {
  const Ran ran = run_binary_and(with({"run"}, leaves_a_file), "", 0);
  EXPECT_EQ(ran.status, WaitStatus::killed(SIGPIPE)) << ran.err;
  EXPECT_EQ(ran.err, "");
}

}  // namespace
}  // namespace exitproof::cli
