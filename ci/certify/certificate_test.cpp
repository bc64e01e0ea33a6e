#include "ci/certify/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "ci/certify/certificate_testing.hpp"
#include "ci/certify/sha256.hpp"
#include "ci/certify/verify.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using testing::SampleCertification;
using State = Checked::State;
using ::testing::Contains;
using ::testing::Field;
using ::testing::StartsWith;

TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Certificate, IsLikeTheGoldenOne) {
  const fs::path golden = fs::path(__FILE__).parent_path() / "golden" / "certificate.json";
  const std::string text = SampleCertification().print();
  if (std::getenv("EXITPROOF_UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  std::ifstream file(golden);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST(Certificate, RepeatsHowFaultFreeRunsMayEnd) {
  SampleCertification sample;
  const auto asked = [&] {
    const nlohmann::json statement = nlohmann::json::parse(sample.print());
    return statement.at("predicate").at("scenarios").at(0).at("asked");
  };
  EXPECT_FALSE(asked().contains("ends"));
  sample.outcomes.front().asked.ends = {WaitStatus::exited(3)};
  EXPECT_EQ(asked().at("ends"), nlohmann::json({"exit 3"}));
}

/// A folder with everything that the sample certifies.
class CertifiedFolder : public ::testing::Test {
 protected:
  CertifiedFolder() {
    fs::create_directories(folder_ / "bin");
    fs::create_directories(folder_ / "system/usr/bin");
    write("writer", "writer");
    write("bin/helper", "helper");
    write("system/usr/bin/python3.11", "python");
    write("input.txt", "input");
    write("exitproof.toml", sample_.manifest.text);
    write("trials.jsonl", print_trials(sample_.outcomes));
  }
  ~CertifiedFolder() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  CheckedCertificate check(const std::string& certificate) const {
    return check_certificate(certificate, {.folder = folder_,
                                           .manifest = std::nullopt,
                                           .trials = folder_ / "trials.jsonl",
                                           .system = folder_ / "system"});
  }

  static auto says(State state, const std::string& begin) {
    return Contains(::testing::AllOf(Field(&Checked::state, state), Field(&Checked::what, StartsWith(begin))));
  }

  SampleCertification sample_;
  std::string certificate_ = sample_.print();
  fs::path folder_ = fs::temp_directory_path() / ("exitproof-certified-" + std::to_string(::getpid()));
};

TEST_F(CertifiedFolder, AgreesWithItsCertificate) {
  const CheckedCertificate checked = check(certificate_);
  EXPECT_FALSE(checked.any(State::wrong) || checked.any(State::not_here) || checked.any(State::other));
  EXPECT_THAT(checked.checks, says(State::good, "program /usr/bin/python3.11"));
  EXPECT_THAT(checked.checks, says(State::good, "program bin/helper"));
  EXPECT_THAT(checked.checks, ::testing::Not(says(State::good, "program writer"))) << "it is an artefact already";
  EXPECT_TRUE(checked.compared_artefact);
  EXPECT_EQ(checked.trials.size(), 302U);
  EXPECT_EQ(checked.trials.front(), sample_.outcomes.front().trials.front());
}

TEST_F(CertifiedFolder, EveryChangedDigitIsSeenAndItsMemberIsNamed) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < certificate_.size(); ++i) {
    if (certificate_[i] < '0' || certificate_[i] > '9') continue;
    std::string other = certificate_;
    other[i] = other[i] == '9' ? '8' : static_cast<char>(other[i] + 1);
    ASSERT_TRUE(check(other).any(State::wrong)) << "digit at " << i;
    ++digits;
  }
  EXPECT_GT(digits, 500U);
  std::string other = certificate_;
  other.replace(other.find("\"held\": 300"), 11, "\"held\": 301");
  EXPECT_THAT(check(other).checks, says(State::wrong, "certificate: its member scenarios was altered"));
}

TEST_F(CertifiedFolder, AMemberTwiceIsRefused) {
  std::string other = certificate_;
  other.replace(other.find("\"held\": 300"), 11, "\"held\": 301, \"held\": 300");
  EXPECT_THAT(check(other).checks, says(State::wrong, "certificate: expected every member once"));
  EXPECT_THAT(check("{}").checks, says(State::wrong, "certificate: expected _type"));
}

TEST_F(CertifiedFolder, OfACutCertificateItIsSaidWhere) {
  EXPECT_EQ(check("{\n  \"_type\": ").checks.front().what,
            "certificate: expected '[', '{', or a literal in line 2, column 12, found the end of the file");
  EXPECT_EQ(check("{\n  \"_type\" ; 1}").checks.front().what,
            "certificate: expected ':' in line 2, column 11, found \";\"");
  EXPECT_THAT(check("").checks, says(State::wrong, "certificate: expected"));
  for (std::size_t size = 0; size + 1 < certificate_.size(); size += 97) {
    const std::string what = check(certificate_.substr(0, size)).checks.front().what;
    EXPECT_THAT(what, ::testing::AllOf(::testing::HasSubstr(" in line "), ::testing::EndsWith("the end of the file")));
    EXPECT_THAT(what, ::testing::Not(::testing::HasSubstr("json.exception"))) << size;
  }
}

/// Whoever edits both can make the digests agree.
TEST_F(CertifiedFolder, AListOfSomethingElseIsNoListOfTrials) {
  for (const std::string text : {"{\n", "{\"scenario\": \"report\", \"plan\": \"kill@\", \"verdict\": \"held\"}\n"}) {
    write("trials.jsonl", text);
    nlohmann::json statement = nlohmann::json::parse(certificate_);
    statement["predicate"]["trials"]["digest"]["sha256"] = sha256_of(text);
    statement["predicate"]["sums"] = certificate_sums(statement);
    EXPECT_THAT(check(statement.dump()).checks, says(State::wrong, "list of trials trials.jsonl: line 1: expected "));
  }
}

TEST_F(CertifiedFolder, OtherFilesAreNamed) {
  write("writer", "wrjter");
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "artefact writer"));
  write("input.txt", "Input");
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "file input.txt"));
  write("trials.jsonl", "");
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "list of trials trials.jsonl"));
  fs::remove(folder_ / "writer");
  EXPECT_FALSE(check(certificate_).compared_artefact);
  EXPECT_THAT(check(certificate_).checks, says(State::not_here, "artefact writer"));
}

TEST_F(CertifiedFolder, ProgramsThatRanAreCompared) {
  write("bin/helper", "another");
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "program bin/helper: not the file that was certified"));
  fs::remove(folder_ / "bin/helper");
  EXPECT_THAT(check(certificate_).checks, says(State::not_here, "program bin/helper"));
  EXPECT_FALSE(check(certificate_).any(State::wrong));
  write("system/usr/bin/python3.11", "Python");
  EXPECT_THAT(check(certificate_).checks,
              says(State::other, "program /usr/bin/python3.11: not the file that was certified"));
  EXPECT_FALSE(check(certificate_).any(State::wrong)) << "another machine has other builds of what is the system's";
}

TEST_F(CertifiedFolder, ProgramsOfARerunThatAreNotTheCertifiedOnesAreNamed) {
  const std::vector<RunProgram> ran{{"/usr/bin/python3.11", sha256_of("python"), ""},
                                    {"/opt/python", sha256_of("python"), ""},
                                    {"/usr/bin/python3.12", sha256_of("Python"), ""},
                                    {"/tmp/made", "", ""}};
  EXPECT_THAT(other_programs(ran, check(certificate_).program_digests), ::testing::ElementsAre("/usr/bin/python3.12"));
}

TEST_F(CertifiedFolder, AFileThatHasComeSinceIsNamed) {
  std::string manifest = sample_.manifest.text;
  manifest.replace(manifest.find("[\"writer\"]"), 10, "[\"writer*\"]");
  write("exitproof.toml", manifest);
  nlohmann::json statement = nlohmann::json::parse(certificate_);
  statement["predicate"]["manifest"]["digest"]["sha256"] = sha256_of(manifest);
  statement["predicate"]["sums"] = certificate_sums(statement);
  EXPECT_FALSE(check(statement.dump()).any(State::other));
  write("writer-too", "new");
  const CheckedCertificate checked = check(statement.dump());
  EXPECT_THAT(checked.checks,
              says(State::other, "artefact writer-too: the manifest names it, and it was not certified"));
  EXPECT_FALSE(checked.any(State::wrong));
}

TEST_F(CertifiedFolder, NamesAreBytes) {
  const std::string one = "writer-\xff";
  const std::string other = "writer-\xfe";
  sample_.provenance.artefacts = {{other, sha256_of("other")}, {one, sha256_of("one")}};
  sample_.provenance.scenarios.front().programs = {{"bin/\xfd", sha256_of("helper"), ""}};
  write(one, "one");
  write(other, "other");
  write("bin/\xfd", "helper");
  const std::string certificate = sample_.print();
  EXPECT_THAT(check(certificate).checks, says(State::good, "artefact " + one));
  EXPECT_THAT(check(certificate).checks, says(State::good, "artefact " + other));
  EXPECT_THAT(check(certificate).checks, says(State::good, "program bin/\xfd"));
  write(one, "other");
  EXPECT_THAT(check(certificate).checks, says(State::wrong, "artefact " + one));
}

TEST_F(CertifiedFolder, WhatStandsBesideItsMembersIsRefused) {
  EXPECT_THAT(check(certificate_ + '\0').checks, says(State::wrong, "certificate: expected JSON in line "));
  nlohmann::json statement = nlohmann::json::parse(certificate_);
  statement["approved"] = true;
  EXPECT_THAT(check(statement.dump()).checks,
              says(State::wrong, "certificate: expected only _type, predicate, predicateType, subject at /, found"));
}

TEST_F(CertifiedFolder, WhatIsNoFileIsNotTakenForNoneThere) {
  for (const char* const name : {"trials.jsonl", "writer", "input.txt"}) {
    fs::remove(folder_ / name);
    fs::create_directory(folder_ / name);
  }
  EXPECT_THAT(check(certificate_).checks,
              says(State::wrong, "list of trials trials.jsonl: expected a file, found a folder"));
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "artefact writer: expected a file, found a folder"));
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "file input.txt: expected a file, found a folder"));
  fs::remove(folder_ / "trials.jsonl");
  ASSERT_EQ(::mkfifo((folder_ / "trials.jsonl").c_str(), 0600), 0);
  EXPECT_THAT(check(certificate_).checks,
              says(State::wrong, "list of trials trials.jsonl: expected a file, found a pipe"));
  fs::remove(folder_ / "exitproof.toml");
  ASSERT_EQ(::mkfifo((folder_ / "exitproof.toml").c_str(), 0600), 0);
  EXPECT_THROW(check(certificate_), ManifestError);
}

TEST_F(CertifiedFolder, AByteOrderMarkIsNoPartOfIt) {
  EXPECT_THAT(check("\xEF\xBB\xBF" + certificate_).checks,
              says(State::wrong, "certificate: expected JSON, found a byte order mark"));
}

TEST_F(CertifiedFolder, AnotherContractIsNamed) {
  std::string manifest = sample_.manifest.text;
  write("exitproof.toml", manifest + "# nothing\n");
  EXPECT_THAT(check(certificate_).checks, says(State::wrong, "manifest "));
  EXPECT_THAT(check(certificate_).checks, Contains(Field(&Checked::what, ::testing::HasSubstr("anything else"))));
  manifest.replace(manifest.find("\"1s\""), 4, "\"9s\"");
  write("exitproof.toml", manifest);
  EXPECT_THAT(check(certificate_).checks,
              says(State::wrong, "contract of report: contract, settings are not as certified"));
}

TEST(Rerun, DrawsAPartBySeedInOrder) {
  std::vector<TrialLine> trials(100);
  for (std::size_t i = 0; i < trials.size(); ++i) trials[i].plan = std::to_string(1000 + i);
  const std::vector<TrialLine> sample = sample_trials(trials, 5, 7);
  EXPECT_EQ(sample.size(), 5U);
  EXPECT_EQ(sample, sample_trials(trials, 5, 7));
  EXPECT_NE(sample, sample_trials(trials, 5, 8));
  EXPECT_TRUE(std::ranges::is_sorted(sample, {}, &TrialLine::plan));
  EXPECT_EQ(sample_trials(trials, 100, 7), trials);
  EXPECT_EQ(sample_trials(trials, 0.001, 7).size(), 1U);
}

TEST(Rerun, ComparesVerdictsAndViolations) {
  const TrialLine held{"s", "p", "held", {}, {"known"}};
  const TrialLine violated{"s", "p", "violated", {"a"}, {}};
  EXPECT_TRUE(differences({held, violated}, {held, violated}).empty());
  EXPECT_EQ(differences({held}, {violated}).size(), 1U);
  EXPECT_EQ(differences({violated}, {TrialLine{"s", "p", "violated", {"b"}, {}}}).size(), 1U);
  EXPECT_TRUE(differences({held}, {TrialLine{"s", "p", "violated", {"known"}, {}}}).empty())
      << "what the first fault shows by itself is no violation of a plan of two";
  EXPECT_EQ(differences({held, held}, {held}).size(), 1U);
}

TEST(TrialLines, ReadAndWrite) {
  const TrialLine line{"s", "kill@0:open:1", "violated", {"a\n\"b"}, {"c"}};
  EXPECT_EQ(trial_line_from_json(trial_line_to_json(line)), line);
}

}  // namespace
}  // namespace exitproof
