#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ci/cli/exit_status.hpp"
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

/// A folder with a manifest, away from the temporary places: what lies there is an output.
class CertifyVerb : public ::testing::Test {
 protected:
  CertifyVerb() { fs::create_directories(folder_); }
  ~CertifyVerb() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }

  void write_manifest(const std::string& script, const std::string& more) const {
    write("work.sh", script);
    write("exitproof.toml",
          "[library]\nname = \"work\"\nversion = \"1\"\nartefacts = [\"work.sh\"]\n"
          "[[scenario]]\nname = \"work\"\ncommand = [\"/bin/sh\", \"work.sh\"]\nlevel = \"smoke\"\n" +
              more);
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

  fs::path folder_ = fs::current_path() / ("certify-" + std::to_string(::getpid()));
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
  EXPECT_THAT(other.out, HasSubstr("certificate: scenarios was altered"));

  write("out/certificate.json", certificate);
  write("work.sh", "echo Done\n");
  EXPECT_THAT(verify().out, HasSubstr("WRONG     artefact work.sh"));
  write_manifest(makes_nothing, "faults = [\"kill\"]\ngrace = \"9s\"\n");
  EXPECT_THAT(verify().out, HasSubstr("WRONG     contract of work"));
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

TEST_F(CertifyVerb, KilledItGoesOnToTheSameCertificate) {
  write_manifest(makes_nothing, "faults = [\"kill\"]\n");
  const std::vector<std::string> words{"certify", "--resume", "--out", path("out"), path("exitproof.toml")};
  const Ran killed = run_binary_and(words, "survey:", SIGKILL);
  ASSERT_EQ(killed.status, WaitStatus::killed(SIGKILL)) << killed.out << killed.err;
  EXPECT_TRUE(fs::exists(path("out/journals")));
  const Ran resumed = run_binary(words);
  EXPECT_EQ(resumed.status, WaitStatus::exited(exit_held)) << resumed.out << resumed.err;
  EXPECT_FALSE(fs::exists(path("out/journals")));
  const std::string certificate = read("out/certificate.json");
  fs::remove_all(path("out"));
  certify();
  EXPECT_EQ(read("out/certificate.json"), certificate);
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

TEST_F(CertifyVerb, AMistakeInTheManifestIsNamedByItsLine) {
  write_manifest(makes_nothing, "zombi = \"1s\"\n");
  const Ran ran = certify();
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(ran.err, HasSubstr(path("exitproof.toml") + ":9:1: [[scenario]] has no key zombi: did you mean zombie?"));
  EXPECT_EQ(certify({"--only", "play"}).status, WaitStatus::exited(exit_usage));
}

}  // namespace
}  // namespace exitproof::cli
