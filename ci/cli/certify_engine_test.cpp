#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/manifest_folder_testing.hpp"
#include "ci/cli/run_binary_testing.hpp"

namespace exitproof::cli {
namespace {

namespace fs = std::filesystem;
using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using exitproof::testing::run_binary_and;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CertifyVerb : public exitproof::testing::ManifestFolder {
 protected:
  void write_manifest(const std::string& script, const std::string& more) const {
    ManifestFolder::write_manifest(script, "smoke", more);
  }

  Ran certify(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"certify", "--out", path("out"), path("exitproof.toml")};
    words.insert(words.begin() + 1, more.begin(), more.end());
    return run_binary(words);
  }

  Ran verify(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"verify", "--manifest", path("exitproof.toml"), path("out/certificate.json")};
    words.insert(words.begin() + 1, more.begin(), more.end());
    return run_binary(words);
  }
};

constexpr const char* makes_nothing = "echo done\n";
constexpr const char* leaves_a_file = ": >/tmp/certify_verb; sleep 0.3; rm /tmp/certify_verb\n";

TEST_F(CertifyVerb, CertifiesWhatHoldsAndVerifySaysWhatIsWrong) {
  write_manifest(makes_nothing, "faults = [\"kill\"]\n");
  const Ran ran = certify();
  ASSERT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  const std::string certificate = read("out/certificate.json");
  EXPECT_EQ(nlohmann::json::parse(certificate).at("predicate").at("scenarios").at(0).at("level"), "smoke");
  EXPECT_TRUE(fs::exists(path("out/results/work.json")));

  const Ran good = verify({"--rerun", "50%"});
  EXPECT_EQ(good.status, WaitStatus::exited(exit_held)) << good.out << good.err;
  EXPECT_THAT(good.out,
              AllOf(HasSubstr("good      artefact work.sh"), HasSubstr("as certified"), Not(HasSubstr("WRONG"))));

  certify();
  EXPECT_EQ(read("out/certificate.json"), certificate) << "the same campaign gives the same bytes";

  std::string altered = certificate;
  const std::size_t digit = altered.find("\"held\": ") + 8;
  altered[digit] = altered[digit] == '9' ? '8' : '9';
  write("out/certificate.json", altered);
  const Ran other = verify();
  EXPECT_EQ(other.status, WaitStatus::exited(exit_violated)) << other.out;
  EXPECT_THAT(other.out, HasSubstr("certificate: its member scenarios was altered"));

  write("out/certificate.json", certificate);
  write("work.sh", "echo Done\n");
  EXPECT_THAT(verify().out, HasSubstr("WRONG     artefact work.sh"));
  write_manifest(makes_nothing, "faults = [\"kill\"]\ngrace = \"9s\"\n");
  EXPECT_THAT(verify().out, HasSubstr("WRONG     contract of work"));
}

TEST_F(CertifyVerb, VerifyComparesTheProgramsThatRan) {
  fs::copy_file(fs::canonical("/bin/sh"), path("mysh"));
  write_manifest(makes_nothing, "");
  std::string manifest = read("exitproof.toml");
  manifest.replace(manifest.find("/bin/sh"), 7, "./mysh");
  write("exitproof.toml", manifest);
  ASSERT_EQ(certify().status, WaitStatus::exited(exit_held));
  const Ran good = verify({"--rerun", "1%"});
  EXPECT_EQ(good.status, WaitStatus::exited(exit_held)) << good.out << good.err;
  EXPECT_THAT(good.out, AllOf(HasSubstr("good      program mysh\n"), Not(HasSubstr("other "))));
  { std::ofstream(path("mysh"), std::ios::app) << '\0'; }
  const Ran changed = verify({"--rerun", "1%"});
  EXPECT_EQ(changed.status, WaitStatus::exited(exit_violated)) << changed.out;
  EXPECT_THAT(changed.out, HasSubstr("WRONG     program mysh: not the file that was certified\n"));
  fs::remove(path("mysh"));
  EXPECT_THAT(verify().out, HasSubstr("not here  program mysh\n"));
}

TEST_F(CertifyVerb, WhatIsNoCertificateCannotBeVerified) {
  for (const std::string& what : {folder_.string(), path("nowhere"), std::string("/proc/self/mem")}) {
    const Ran ran = run_binary({"verify", what});
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << ran.out << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("verify expects a certificate that can be read"));
  }
}

/// As the console says it: green nowhere.
TEST_F(CertifyVerb, EveryReportSaysThatThereIsNoCertificate) {
  const auto expect_in_reports = [&](const Ran& ran, const std::string& why) {
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_nothing_tried)) << ran.out << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr("REFUSED"), HasSubstr(why)));
    const std::string page = read("out/report.html");
    EXPECT_THAT(page.substr(0, page.find("</header>")),
                AllOf(HasSubstr("<p class=\"verdict bad\" role=\"status\">Refused"), HasSubstr(why)));
    EXPECT_THAT(read("out/junit.xml"), AllOf(HasSubstr("<error type=\"no-certificate\""), HasSubstr(why)));
    const nlohmann::json sarif = nlohmann::json::parse(read("out/results.sarif"));
    const nlohmann::json& invocation = sarif.at("runs").at(0).at("invocations").at(0);
    EXPECT_FALSE(invocation.at("executionSuccessful").get<bool>());
    EXPECT_THAT(invocation.dump(), HasSubstr(why));
    fs::remove_all(path("out"));
  };
  write_manifest(makes_nothing, "trials = 2\n");
  expect_in_reports(certify(), "level smoke is not complete");
  write_manifest("exit 3\n", "faults = [\"kill\"]\n");
  expect_in_reports(certify(), "without any fault it ends with status 3");
  write_manifest(makes_nothing, "faults = [\"kill\"]\n");
  write("other", "not read");
  std::string manifest = read("exitproof.toml");
  manifest.replace(manifest.find("[\"work.sh\"]"), 11, "[\"other\"]");
  write("exitproof.toml", manifest);
  expect_in_reports(certify(), "what was tried is none of the artefacts");
}

TEST_F(CertifyVerb, RefusesWhatViolatesUnlessItIsAllowed) {
  const std::string faults = "faults = [\"signals\"]\n";
  write_manifest(leaves_a_file, faults);
  fs::create_directories(path("out"));
  write("out/certificate.json", "of an earlier time");
  const Ran refused = certify({"--annotations", "github"});
  EXPECT_EQ(refused.status, WaitStatus::exited(exit_violated)) << refused.out << refused.err;
  EXPECT_THAT(refused.out, AllOf(HasSubstr("REFUSED"), HasSubstr("no-leftovers"), HasSubstr("replay")));
  EXPECT_THAT(refused.out, HasSubstr("\n::error title=no-leftovers"));
  EXPECT_FALSE(fs::exists(path("out/certificate.json")));

  write_manifest(leaves_a_file, faults + "[[scenario.allow]]\ninvariant = \"no-leftovers\"\nreason = \"a test\"\n");
  const Ran allowed = certify();
  EXPECT_EQ(allowed.status, WaitStatus::exited(exit_held)) << allowed.out << allowed.err;
  const nlohmann::json certificate = nlohmann::json::parse(read("out/certificate.json"));
  const nlohmann::json& rule = certificate.at("predicate").at("scenarios").at(0).at("allowed").at(0);
  EXPECT_EQ(rule.at("reason"), "a test");
  EXPECT_FALSE(rule.at("findings").empty());
}

TEST_F(CertifyVerb, ALevelThatTheBudgetCutsIsNoCertificate) {
  write_manifest(makes_nothing, "trials = 2\n");
  const Ran ran = certify();
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_nothing_tried)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("REFUSED"), HasSubstr("level smoke is not complete: 2 trials of")));
  EXPECT_FALSE(fs::exists(path("out/certificate.json")));
}

TEST_F(CertifyVerb, InterruptedItLeavesNothingAndSaysSo) {
  write_manifest(leaves_a_file, "");
  const Ran ran = run_binary_and({"certify", "--out", path("out"), path("exitproof.toml")}, "survey:", SIGINT);
  EXPECT_EQ(ran.status, WaitStatus::killed(SIGINT)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("no certificate, and no file was written"));
  EXPECT_FALSE(fs::exists(path("out")));
}

/// Killed before its first fault-free run is over, when the survey is, in the first scenario's trials, between two
/// scenarios, in the last one's replays, and when all is over but the journals: each time it goes on.
TEST_F(CertifyVerb, KilledAtSeveralMomentsItGoesOnToTheSameCertificate) {
  const std::string allowed =
      "faults = [\"ctrl-c\"]\n[[scenario.allow]]\ninvariant = \"no-leftovers\"\nreason = \"a test\"\n";
  write_manifest(": >/tmp/certify_verb; exec rm /tmp/certify_verb\n", allowed);
  write("exitproof.toml", read("exitproof.toml") +
                              "[[scenario]]\nname = \"again\"\ncommand = [\"/bin/sh\", \"work.sh\"]\n"
                              "level = \"exhaustive+second:5\"\n" +
                              allowed);
  const Ran whole = certify();
  ASSERT_EQ(whole.status, WaitStatus::exited(exit_held)) << whole.out << whole.err;
  const std::string certificate = read("out/certificate.json");
  fs::remove_all(path("out"));
  const std::vector<std::string> words{"certify", "--resume", "--out", path("out"), path("exitproof.toml")};
  for (const char* const said : {"seed 1", "[1/2]", "survey:", "work: ", "[2/2]", "first finding:", "certified:"}) {
    const Ran killed = run_binary_and(words, said, SIGKILL);
    if (killed.status == WaitStatus::exited(exit_held)) break;  // faster than the kill
    ASSERT_EQ(killed.status, WaitStatus::killed(SIGKILL)) << killed.out << killed.err;
  }
  const Ran resumed = run_binary(words);
  EXPECT_EQ(resumed.status, WaitStatus::exited(exit_held)) << resumed.out << resumed.err;
  EXPECT_FALSE(fs::exists(path("out/journals")));
  EXPECT_EQ(read("out/certificate.json"), certificate);
}

TEST_F(CertifyVerb, OtherFilesAreNotWhatWasBegun) {
  write_manifest(makes_nothing, "faults = [\"kill\"]\nfiles = [\"data\"]\n");
  write("data", "one");
  const std::vector<std::string> words{"certify", "--resume", "--out", path("out"), path("exitproof.toml")};
  ASSERT_EQ(run_binary_and(words, "survey:", SIGKILL).status, WaitStatus::killed(SIGKILL));
  write("data", "two");
  const Ran other = run_binary(words);
  EXPECT_EQ(other.status, WaitStatus::exited(exit_usage)) << other.out;
  EXPECT_THAT(other.err, HasSubstr("another campaign, program_files"));
}

TEST_F(CertifyVerb, WhatIsChangedWhileItIsTriedIsNotCertified) {
  const std::string shared = "faults = [\"kill\"]\nfiles = [\"data\", \"work.sh\"]\n";
  write_manifest("cat data\n", shared);
  write("data", "one");
  const std::vector<std::string> words{"certify", "--out", path("out"), path("exitproof.toml")};
  const Ran ran = exitproof::testing::run_binary_while(words, "survey:", [&] { write("data", "two"); });
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_nothing_tried)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("REFUSED"), HasSubstr("file data of scenario work was changed while it was")));
  EXPECT_FALSE(fs::exists(path("out/certificate.json")));
}

/// Both are of one scenario whose trials are in its journal, when the second is begun.
TEST_F(CertifyVerb, AnArtefactThatIsChangedBeforeItGoesOnIsAnother) {
  write_manifest(makes_nothing, "faults = [\"kill\"]\nfiles = [\"data\"]\n");
  write("exitproof.toml", read("exitproof.toml") + "[[scenario]]\nname = \"b\"\ncommand = [\"sh\", \"work.sh\"]\n");
  write("data", "one");
  const std::vector<std::string> words{"certify", "--resume", "--out", path("out"), path("exitproof.toml")};
  ASSERT_EQ(run_binary_and(words, "[2/2]", SIGKILL).status, WaitStatus::killed(SIGKILL));
  write("data", "two");
  const Ran other = run_binary(words);
  EXPECT_EQ(other.status, WaitStatus::exited(exit_usage)) << other.out;
  EXPECT_THAT(other.err, HasSubstr("another campaign, program_files"));
  EXPECT_FALSE(fs::exists(path("out/certificate.json")));
}

TEST_F(CertifyVerb, WhatFailsWithoutAnyFaultIsCertifiedOnlyWhereThatIsSaid) {
  write_manifest("echo 'no such thing' >&2; exit 3\n", "faults = [\"kill\"]\n");
  const Ran refused = certify();
  EXPECT_EQ(refused.status, WaitStatus::exited(exit_nothing_tried)) << refused.out << refused.err;
  EXPECT_THAT(refused.out,
              HasSubstr("  without any fault it ends with status 3, and its last line on standard error is "
                        "\"no such thing\": where that is meant, the manifest says ends = \"exit 3\"\n"));
  write_manifest("echo 'no such thing' >&2; exit 3\n", "faults = [\"kill\"]\nends = \"exit 3\"\n");
  const Ran certified = certify();
  EXPECT_EQ(certified.status, WaitStatus::exited(exit_held)) << certified.out << certified.err;
  EXPECT_THAT(read("out/certificate.json"), HasSubstr("\"exit 3\""));

  write_manifest("exec sleep 1000\n", "faults = [\"kill\"]\nstop = \"SIGTERM\"\n");
  const Ran by_stop = certify();
  EXPECT_EQ(by_stop.status, WaitStatus::exited(exit_held)) << "a server ends by its stop\n"
                                                           << by_stop.out << by_stop.err;
}

TEST_F(CertifyVerb, ArtefactsThatNothingUsesAreNamedAndNotAllOfThemMayBe) {
  const auto manifest = [&](const std::string& artefacts, const std::string& command) {
    write("exitproof.toml", "[library]\nname = \"x\"\nversion = \"1\"\nartefacts = " + artefacts +
                                "\n[[scenario]]\nname = \"x\"\ncommand = " + command +
                                "\nlevel = \"smoke\"\nfaults = [\"kill\"]\n");
  };
  write("work.sh", "cat data\n");
  write("data", "read");
  write("other", "not read");
  manifest("[\"other\", \"work.sh\"]", "[\"true\"]");
  const Ran refused = certify();
  EXPECT_EQ(refused.status, WaitStatus::exited(exit_nothing_tried)) << refused.out << refused.err;
  EXPECT_THAT(refused.out,
              HasSubstr("what was tried is none of the artefacts: no fault-free run executed or read other, "
                        "work.sh"));
  EXPECT_FALSE(fs::exists(path("out/certificate.json")));

  manifest("[\"other\", \"work.sh\", \"data\"]", "[\"sh\", \"work.sh\"]");
  const Ran certified = certify();
  EXPECT_EQ(certified.status, WaitStatus::exited(exit_held)) << certified.out << certified.err;
  EXPECT_THAT(certified.out, HasSubstr("skipped: artefacts: no fault-free run executed or read other\n"));
  EXPECT_THAT(read("out/certificate.json"), HasSubstr("no fault-free run executed or read other\""));
}

TEST_F(CertifyVerb, ATargetThatNamesNobodyIsNoCertificate) {
  write_manifest(makes_nothing, "faults = [\"kill\", \"ctrl-c\"]\ntarget = \"command=nosuch\"\n");
  const Ran ran = certify();
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_nothing_tried)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("target command=nosuch: no process of the fault-free runs is named nosuch"));
  EXPECT_THAT(ran.out, HasSubstr("skipped: kill: no process of the fault-free runs is named nosuch"));
  EXPECT_FALSE(fs::exists(path("out/certificate.json")));
}

TEST_F(CertifyVerb, InitWritesAManifestThatCertifies) {
  const Ran ran = run_binary({"init", "--file", path("exitproof.toml"), "--", "/bin/true"});
  ASSERT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  const Ran again = run_binary({"init", "--file", path("exitproof.toml"), "--", "/bin/true"});
  EXPECT_EQ(again.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(again.err, HasSubstr("is there already"));
  const Ran certified = certify({"--level", "smoke"});
  EXPECT_EQ(certified.status, WaitStatus::exited(exit_held)) << certified.out << certified.err;
}

/// What it names must be the same from there.
TEST_F(CertifyVerb, InitWritesAManifestIntoAnotherFolder) {
  const fs::path here = fs::current_path();
  fs::create_directories(path("my project"));
  write("work.sh", "cat >>\"$1\"\n");
  write("input", "one");
  fs::current_path(path(""));
  const Ran ran =
      run_binary({"init", "--file", "my project/e.toml", "--stdin", "input", "--", "/bin/sh", "./work.sh", "out.txt"});
  fs::current_path(here);
  ASSERT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("and then: exitproof certify 'my project/e.toml'\n"));
  EXPECT_THAT(read("my project/e.toml"),
              AllOf(HasSubstr("\"../work.sh\""), HasSubstr("directory = \"..\""), HasSubstr("stdin = \"../input\"")));
  const Ran certified = run_binary({"certify", "--level", "smoke", "--out", path("out"), path("my project/e.toml")});
  EXPECT_THAT(certified.out, Not(HasSubstr("none of the artefacts"))) << certified.err;
  EXPECT_THAT(certified.out, HasSubstr("work")) << certified.err;
}

TEST_F(CertifyVerb, InitRefusesWhatNoManifestCanName) {
  const Ran ran = run_binary({"init", "--file", path("e.toml"), "--", "/bin/true", "h\xff"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(ran.err,
              HasSubstr("init expects names and arguments that are UTF-8, as a manifest is, and found \"h\\xff\""));
  EXPECT_FALSE(fs::exists(path("e.toml")));
}

TEST_F(CertifyVerb, AMistakeInTheManifestIsNamedByItsLine) {
  write_manifest(makes_nothing, "zombi = \"1s\"\n");
  const Ran ran = certify();
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(ran.err, HasSubstr(path("exitproof.toml") + ":9:1: [[scenario]] has no key zombi: did you mean zombie?"));
  EXPECT_EQ(certify({"--only", "play"}).status, WaitStatus::exited(exit_usage));

  write("exitproof.toml",
        "[library]\nname = \"work\"\nversion = \"1\"\nartefacts = [\"work.sh\"]\n"
        "[[scenario]]\nname = \"work\"\ncommand = [\"./nowhere\"]\n");
  const Ran missing = certify();
  EXPECT_EQ(missing.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(missing.err, HasSubstr(":7:11: expected a program that can be executed, and \"./nowhere\" cannot"));

  write("exitproof.toml",
        "[library]\nname = \"work\"\nversion = \"1\"\nartefacts = [\"work.sh\"]\n"
        "[[scenario]]\nname = \"work\"\ncommand = [\"no-such-program\"]\n");
  EXPECT_THAT(certify().err,
              HasSubstr(":7:11: expected a program that can be executed, and \"no-such-program\" is none in PATH"));

  const Ran folder = run_binary({"certify", folder_.string()});
  EXPECT_EQ(folder.status, WaitStatus::exited(exit_usage)) << folder.err;
  EXPECT_THAT(folder.err, HasSubstr("expected a manifest, found no file that can be read"));
}

}  // namespace
}  // namespace exitproof::cli
