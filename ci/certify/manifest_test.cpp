#include "ci/certify/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "ci/certify/files_at_hand.hpp"
#include "ci/certify/whole_file.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

const std::string head = "[library]\nname = \"x\"\nversion = \"1\"\nartefacts = [\"/bin/true\"]\n";

TEST(ReleaseManifest, SaysWhatIsTriedAndWhatIsAllowed) {
  const ReleaseManifest manifest = parse_release_manifest(head + R"(
[common]
time = "5m"
grace = "1s"
faults = ["kill", "enospc"]
allow = [{ file = "/run/x.pid", reason = "the init system removes it" }]

[[scenario]]
name = "serve"
command = ["./x", "--port", "80"]
ready = "listen:80"
stop = "SIGTERM"
grace = "3s"
level = "exhaustive+second:7"
directory = "sub"
tty = true

[[scenario.allow]]
invariant = "no-leftovers"
subject = "/tmp/x-*"
fault = "kill"
reason = "tmpfiles.d removes it"

[[scenario]]
name = "tests"
gtest = "x_test"
filter = "A.*"
)",
                                                          "/proj/exitproof.toml");
  ASSERT_EQ(manifest.scenarios.size(), 2U);
  const ManifestScenario& serve = manifest.scenarios.front();
  EXPECT_EQ(serve.scenario.working_directory, "/proj/sub");
  EXPECT_EQ(serve.scenario.contract.grace, Millis{3'000}) << "the scenario's own goes before";
  EXPECT_THAT(serve.scenario.contract.allowed, ElementsAre("/run/x.pid"));
  EXPECT_EQ(serve.level, (Level{Level::Kind::second, 7}));
  EXPECT_EQ(serve.time, Millis{300'000});
  EXPECT_FALSE(serve.faults_by_default);
  EXPECT_THAT(serve.options(), ElementsAre("--grace", "3s", "--ready", "listen:80", "--stop", "SIGTERM", "--tty",
                                           "--allow", "/run/x.pid"));
  ASSERT_EQ(serve.allowances.size(), 2U);
  Finding finding;
  finding.violation.invariant = "no-leftovers";
  finding.violation.subject = "/tmp/x-12";
  finding.kind = FaultKind::kill;
  EXPECT_TRUE(serve.allowances.back().covers(finding));
  EXPECT_FALSE(serve.allowances.front().covers(finding)) << "a file that may be left is no finding at all";
  finding.kind = FaultKind::ctrl_c;
  EXPECT_FALSE(serve.allowances.back().covers(finding));
  EXPECT_EQ(manifest.scenarios.back().gtest, "./x_test");
  EXPECT_EQ(manifest.scenarios.back().allowances.size(), 1U);
  EXPECT_EQ(manifest.scenarios.back().scenario.working_directory, "/proj");
}

TEST(ReleaseManifest, SaysWhereItIsWrongAndWhatWasExpected) {
  const std::string one = head + "[[scenario]]\nname = \"a\"\n";
  const std::string whole = one + "command = [\"a\"]\n";
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "1:1: expected [library], found none"},
           {"[library]\nname = \"x\"\n", "1:1: expected version in [library], found none"},
           {head + "artifacts = []\n", "5:1: [library] has no key artifacts: did you mean artefacts?"},
           {head, "1:1: expected at least one [[scenario]], found none"},
           {"scenario = []\n" + head, "1:12: expected at least one [[scenario]], found none"},
           {one, "5:1: expected command = [WORD...] or gtest = PATH, found none"},
           {whole + "zombi = \"1s\"\n", "8:1: [[scenario]] has no key zombi: did you mean zombie?"},
           {whole + "zombie = 1\n", "8:10: zombie: expected a text in quotes, found the number 1"},
           {whole + "cpus = \"two\"\n", "8:8: cpus: expected a whole number from 1, found the text \"two\""},
           {whole + "tty = \"yes\"\n", "8:7: tty: expected true or false, found the text \"yes\""},
           {whole + "time = \"0s\"\n", "8:8: time: expected a budget of more than no time, found \"0s\""},
           {whole + "trials = 0\n", "8:10: trials: expected a whole number from 1, found the number 0"},
           {whole + "level = \"all\"\n", "8:9: expected smoke, exhaustive"},
           {whole + "level = \"random:0\"\n", "8:9: expected a number of plans from 1"},
           {whole + "faults = [\"kil\"]\n", "8:10: faults: expected "},
           {whole + "tests = \"whole\"\n", "8:9: expected gtest = PATH beside tests"},
           {whole + "allow = [\"/tmp/*\"]\n", "8:10: allow: expected a table, found the text"},
           {whole + "allow = [{ file = \"/x\" }]\n", "8:10: expected reason in [[allow]], found none"},
           {whole + "allow = [{ file = \"/x\", reason = \" \" }]\n",
            "8:34: reason: expected a text, found an empty one"},
           {whole + "allow = [{ file = \"/x\", reason = \"\\n\" }]\n",
            "8:34: reason: expected a text, found an empty one"},
           {whole + "ends = \"exit 256\"\n", "8:8: ends: expected an exit code from 0 to 255"},
           {whole + "ends = []\n", "8:8: ends: expected 'exit N' or a signal's name, found nothing"},
           {whole + "allow = [{ invariant = \"no-leftover\", reason = \"r\" }]\n",
            "8:24: invariant: expected the name"},
           {whole + "[[scenario]]\nname = \"a\"\n", "9:8: name: expected a name that no scenario before has"},
           {one + "command = [\"a\", \"x\\u0000--leaky\"]\n",
            "7:17: command: expected a text without NUL, found one after \"x\""},
           {whole + "env = [\"A=\\u0000\"]\n", "8:8: env: expected a text without NUL, found one after \"A=\""},
           {whole + "files = \"a\\u0000\"\n", "8:9: files: expected a text without NUL"},
           {whole + "directory = \"a\\u0000b\"\n", "8:13: directory: expected a text without NUL"},
           {whole + "output = [\"*\", \"a\\u0000b\"]\n", "8:16: output: expected a text without NUL"},
           {head + "[[scenario]]\nname = \"" + std::string(longest_scenario_name + 1, 'a') + "\"\n",
            "6:8: name: expected at most 200 letters, found 201"},
           {one + "command = [\"a\"\n", "7:"}}) {
    try {
      parse_release_manifest(text, "m.toml");
      ADD_FAILURE() << text;
    } catch (const ManifestError& error) {
      EXPECT_THAT(error.what(), ::testing::StartsWith("m.toml:" + message)) << text;
    }
  }
}

TEST(ReleaseManifest, SaysHowFaultFreeRunsMayEnd) {
  const ReleaseManifest manifest =
      parse_release_manifest(head +
                                 "[common]\nends = \"exit 1\"\n[[scenario]]\nname = \"a\"\ncommand = "
                                 "[\"a\"]\n[[scenario]]\nname = \"b\"\ncommand = "
                                 "[\"b\"]\nends = [\"exit 0\", \"SIGTERM\"]\n",
                             "m.toml");
  EXPECT_THAT(manifest.scenarios.front().ends, ElementsAre(WaitStatus::exited(1)));
  EXPECT_THAT(manifest.scenarios.back().ends, ElementsAre(WaitStatus::exited(0), WaitStatus::killed(SIGTERM)));
}

TEST(ReleaseManifest, NamesTheFileThatIsNotThere) {
  ReleaseManifest manifest = parse_release_manifest(
      head + "[[scenario]]\nname = \"a\"\ncommand = [\"sh\"]\nfiles = [\"/nonexistent/*\"]\n", "m.toml");
  EXPECT_THAT([&] { require_files(manifest); },
              ::testing::ThrowsMessage<ManifestError>("m.toml:8:9: expected a file, and none is \"/nonexistent/*\""));
  manifest.scenarios.front().files.clear();
  manifest.scenarios.front().scenario.stdin_file = "/nonexistent";
  manifest.scenarios.front().stdin_place = "9:9";
  EXPECT_THAT([&] { require_files(manifest); },
              ::testing::ThrowsMessage<ManifestError>(::testing::StartsWith("m.toml:9:9: stdin: expected a file")));
  EXPECT_THROW(read_release_manifest("/nonexistent/exitproof.toml"), ManifestError);
}

TEST(ReleaseManifest, KnowsTheTestsOfGoogleTestByTheirList) {
  EXPECT_THAT(
      listed_tests("Running main()\nA.\n  one\n  DISABLED_two\nB/0.  # TypeParam = int\n  three/0  # GetParam() = 1\n"
                   "DISABLED_C.\n  four\n"),
      ElementsAre("A.one", "B/0.three/0"));
}

TEST(ReleaseManifest, ATestWhoseNameIsTooLongForAFileIsNamed) {
  const fs::path lists = fs::temp_directory_path() / ("lists-" + std::to_string(::getpid()));
  write_whole_file(lists, "#!/bin/sh\nprintf 'A.\\n  %0195d\\n' 7\n");
  fs::permissions(lists, fs::perms::owner_all);
  ReleaseManifest manifest =
      parse_release_manifest(head + "[[scenario]]\nname = \"abcd\"\ngtest = \"" + lists.string() + "\"\n", "m.toml");
  manifest.scenarios.front().scenario.working_directory = "/";
  EXPECT_THAT([&] { expand_tests(manifest); },
              ::testing::ThrowsMessage<ManifestError>(::testing::StartsWith(
                  "m.toml:7:9: gtest: expected tests whose names have at most 200 letters together with")));
  manifest.scenarios.front().name = "a";
  expand_tests(manifest);
  EXPECT_EQ(manifest.scenarios.front().name.size(), longest_scenario_name - 1);
  fs::remove(lists);
}

TEST(Levels, ReadAndWrite) {
  for (const std::string text : {"smoke", "exhaustive", "exhaustive+second", "exhaustive+second:9", "random:300"}) {
    EXPECT_EQ(Level::parse(text).print(), text);
    EXPECT_FALSE(Level::parse(text).bound().empty());
  }
}

}  // namespace
}  // namespace exitproof
