#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"

namespace exitproof::cli {
namespace {

using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct Mistake {
  std::vector<std::string> words;
  std::vector<std::string> said;
};

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, EndWithTwoAndAHelpfulMessage) {
  const Ran ran = run_binary(GetParam().words);
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage));
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, ::testing::StartsWith("exitproof: "));
  for (const std::string& part : GetParam().said) EXPECT_THAT(ran.err, HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(
    Cli, Mistakes,
    ::testing::Values(Mistake{{}, {"a verb"}},                                                                    //
                      Mistake{{"rnu", "--", "ls"}, {"\"rnu\"", "run"}},                                           //
                      Mistake{{"/bin/ls"}, {"exitproof run -- /bin/ls"}},                                         //
                      Mistake{{"run"}, {"a command", "--"}},                                                      //
                      Mistake{{"run", "--"}, {"a command"}},                                                      //
                      Mistake{{"run", "--fautls", "kill", "--", "ls"}, {"--fautls", "--faults"}},                 //
                      Mistake{{"run", "--faults"}, {"--faults", "a value"}},                                      //
                      Mistake{{"run", "--faults", "kil", "--", "ls"}, {"kil", "kill", "column 1"}},               //
                      Mistake{{"run", "--target", "all", "--", "ls"}, {"any, root, others", "all"}},              //
                      Mistake{{"run", "--explore", "all", "--", "ls"}, {"smoke, random or both", "all"}},         //
                      Mistake{{"run", "--max-faults", "0", "--", "ls"}, {"--max-faults", "from 1 to 8"}},         //
                      Mistake{{"run", "--regressions", "/dev", "--", "ls"}, {"--regressions", "/dev"}},           //
                      Mistake{{"run", "--time", "5x", "--", "ls"}, {"--time", "column 2"}},                       //
                      Mistake{{"run", "--trials", "0", "--", "ls"}, {"--trials", "\"0\""}},                       //
                      Mistake{{"run", "--jobs", "many", "--", "ls"}, {"--jobs", "\"many\""}},                     //
                      Mistake{{"run", "--jobs", "0", "--", "ls"}, {"--jobs", "from 1 to", "\"0\""}},              //
                      Mistake{{"survey", "--jobs", "100000", "--", "ls"}, {"--jobs", "CPU", "\"100000\""}},       //
                      Mistake{{"run", "--cpus", "5000", "--", "ls"}, {"--cpus", "may be used", "5000"}},          //
                      Mistake{{"run", "--timeout", "0", "--", "ls"}, {"--timeout", "\"0\""}},                     //
                      Mistake{{"run", "--time", "0s", "--", "ls"}, {"--time", "\"0s\""}},                         //
                      Mistake{{"replay", "--times", "0", "none", "--", "ls"}, {"--times", "from 1"}},             //
                      Mistake{{"replay", "--times", "9999999", "none", "--", "ls"}, {"to 100000"}},               //
                      Mistake{{"run", "--seed", "-1", "--", "ls"}, {"--seed", "\"-1\""}},                         //
                      Mistake{{"run", "--cpus", "0", "--", "ls"}, {"--cpus"}},                                    //
                      Mistake{{"run", "--world", "moon", "--", "ls"}, {"private or none", "moon"}},               //
                      Mistake{{"run", "--net", "none", "--", "ls"}, {"own or host"}},                             //
                      Mistake{{"run", "--after-kill", "x", "--", "ls"}, {"recover, forbid or allow"}},            //
                      Mistake{{"run", "--valid", "*.db", "--", "ls"}, {"GLOB=COMMAND", "*.db"}},                  //
                      Mistake{{"run", "--valid", "=true", "--", "ls"}, {"GLOB=COMMAND"}},                         //
                      Mistake{{"run", "--valid", "*.db=", "--", "ls"}, {"GLOB=COMMAND"}},                         //
                      Mistake{{"run", "--env", "FOO", "--", "ls"}, {"NAME=VALUE", "FOO"}},                        //
                      Mistake{{"run", "--stdin", "/nonexistent", "--", "ls"}, {"--stdin", "/nonexistent"}},       //
                      Mistake{{"run", "--ready", "when", "--", "ls"}, {"--ready"}},                               //
                      Mistake{{"run", "--json", "/nonexistent/x", "--", "ls"}, {"--json", "/nonexistent/x"}},     //
                      Mistake{{"run", "--regressions", "/no/x", "--", "ls"}, {"--regressions", "/no/x"}},         //
                      Mistake{{"run", "--max-faults", "4", "--", "ls"}, {"--max-faults", "--explore both"}},      //
                      Mistake{{"run", "--evidence", "/proc/x", "--", "ls"}, {"--evidence", "/proc/x"}},           //
                      Mistake{{"run", "--second=0", "--", "ls"}, {"--second", "from 1"}},                         //
                      Mistake{{"run", "--once", "a(b", "--", "ls"}, {"--once", "a(b", "missing )"}},              //
                      Mistake{{"run", "--once", "", "--", "ls"}, {"--once", "a regular expression"}},             //
                      Mistake{{"run", "--agents", "of", "--", "ls"}, {"--agents", "on or off", "\"of\""}},        //
                      Mistake{{"run", "--inside", "m", "--agents", "off", "--", "ls"}, {"--inside m", "off"}},    //
                      Mistake{{"replay", "kill@0:quiet:1"}, {"a command"}},                                       //
                      Mistake{{"replay", "--", "ls"}, {"PLAN"}},                                                  //
                      Mistake{{"replay", "kill@0:renam:1", "--", "ls"}, {"column 8", "rename", "\n         ^"}},  //
                      Mistake{{"replay", "throw@0:write:1", "--", "ls"}, {"column 7", "a point of the probe"}},   //
                      Mistake{{"replay", "kill@0:write:1,schedule=x", "--", "ls"}, {"the schedule's seed"}},      //
                      Mistake{{"survey", "--schedule", "fre", "--", "ls"}, {"--schedule", "free or seeded"}},     //
                      Mistake{{"--faults", "kill", "run", "--", "ls"}, {"--faults", "exitproof run"}},            //
                      Mistake{{"--hlep"}, {"--hlep", "--help?"}},                                                 //
                      Mistake{{"survey", "--explore", "both", "--", "ls"}, {"--explore", "exitproof run has"}},   //
                      Mistake{{"replay", "SIGTREM@0:write:1", "--", "ls"}, {"SIGTERM", "column 1"}},              //
                      Mistake{{"replay", "ENOSPCC@0:write:1", "--", "ls"}, {"ENOSPC", "column 1"}},               //
                      Mistake{{"list", "no-orphan"}, {"no-orphan", "no-orphans?"}},                               //
                      Mistake{{"list", "foo"}, {"faults", "foo"}}));

TEST(Cli, VersionAndHelpSucceed) {
  EXPECT_THAT(run_binary({"--version"}).out, ::testing::StartsWith("exitproof "));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--help"}, {"run", "--help"}, {"replay", "--help"}, {"survey", "-h"}}) {
    const Ran ran = run_binary(words);
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_held));
    EXPECT_THAT(ran.out, HasSubstr("Usage: exitproof"));
    EXPECT_EQ(ran.err, "");
  }
}

TEST(Cli, HelpIsShortAndHasExamplesOfTheVerb) {
  const auto help = [](const std::string& verb, const char* flag) { return run_binary({verb, flag}).out; };
  EXPECT_THAT(run_binary({"--help"}).out, AllOf(HasSubstr("Examples:\n  exitproof run -- "), HasSubstr("Verbs:\n")));
  EXPECT_THAT(help("run", "--help"), AllOf(HasSubstr("\n  --faults KIND,...  "), HasSubstr("\n  exitproof run ")));
  EXPECT_THAT(help("replay", "--help"), HasSubstr("\n  exitproof replay "));
  EXPECT_THAT(help("run", "--help"), AllOf(HasSubstr(" --ready "), ::testing::Not(HasSubstr("when it can be used"))));
  EXPECT_THAT(help("run", "--help-all"), HasSubstr("when it can be used"));
  EXPECT_LE(std::ranges::count(help("run", "--help"), '\n'), 50);
  std::istringstream lines(help("run", "--help-all"));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 110) << line;
}

TEST(Cli, ListsWhatItKnows) {
  EXPECT_THAT(run_binary({"list", "faults"}).out, AllOf(HasSubstr("kill-tree"), HasSubstr("where an agent is active")));
  EXPECT_THAT(run_binary({"list", "invariants"}).out,
              AllOf(HasSubstr("no-orphans"), HasSubstr("honest-exit-status"), HasSubstr("whole-outputs"),
                    HasSubstr("own-files-only"), HasSubstr("restarts")));
  EXPECT_EQ(run_binary({"list", "no-hang"}).out.find("invariants\n  no-hang "), 0U);
  EXPECT_THAT(run_binary({"list"}).out, AllOf(HasSubstr("faults"), HasSubstr("statuses"), HasSubstr("rename")));
}

}  // namespace
}  // namespace exitproof::cli
