#include "ci/certify/provenance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "ci/certify/sha256.hpp"
#include "ci/certify/whole_file.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A release of three artefacts, one of which a scenario needs as a file too.
class ProvenanceTest : public ::testing::Test {
 protected:
  ProvenanceTest() {
    fs::create_directories(folder_ / "lib");
    for (const char* const name : {"prog", "lib/a.so", "data"}) write_whole_file(folder_ / name, name);
    manifest_ = parse_release_manifest(
        "[library]\nname = \"x\"\nversion = \"1\"\nartefacts = [\"prog\", \"lib/*\", \"data\"]\n"
        "[[scenario]]\nname = \"one\"\ncommand = [\"./prog\"]\nfiles = [\"data\"]\n",
        folder_ / "exitproof.toml");
  }
  ~ProvenanceTest() override { fs::remove_all(folder_); }

  /// What the scenario's runs use when they execute and read these.
  std::vector<std::string> used(const std::string& executed, std::vector<std::string> read) {
    Evidence run;
    run.processes.emplace_back().executable = executed;
    Survey survey;
    survey.runs = {run};
    survey.used_files = std::move(read);
    FileDigests digests;
    Provenance provenance = provenance_of(manifest_, "exitproof", digests);
    add_what_runs_show(survey, manifest_, provenance.artefacts, digests, provenance.scenarios.front());
    unused_ = unused_artefacts(provenance);
    programs_.clear();
    for (const RunProgram& program : provenance.scenarios.front().programs) programs_.push_back(program.path);
    return provenance.scenarios.front().used;
  }

  fs::path folder_ = fs::temp_directory_path() / ("provenance-" + std::to_string(::getpid()));
  ReleaseManifest manifest_;
  std::vector<std::string> unused_;
  std::vector<std::string> programs_;
};

TEST_F(ProvenanceTest, AProgramBelowTheManifestIsNamedFromThere) {
  used(folder_ / "prog", {});
  EXPECT_THAT(programs_, ElementsAre("prog"));
  used("/bin/sh", {});
  EXPECT_THAT(programs_, ElementsAre(fs::canonical("/bin/sh").string()));
}

TEST_F(ProvenanceTest, AFileHasOneDigestWhateverItIsNamedFor) {
  FileDigests digests;
  digests.of(folder_ / "lib" / ".." / "data");
  write_whole_file(folder_ / "data", "changed meanwhile");
  const Provenance provenance = provenance_of(manifest_, "exitproof", digests);
  ASSERT_EQ(provenance.artefacts.front().name, "data");
  EXPECT_EQ(provenance.artefacts.front().sha256, sha256_of("data"));
  EXPECT_EQ(provenance.scenarios.front().files, std::vector{provenance.artefacts.front()});
  FileDigests later;
  EXPECT_EQ(first_difference(provenance, provenance_of(manifest_, "exitproof", later)), "artefact data");
}

TEST_F(ProvenanceTest, AnArtefactIsUsedThatRunsExecuteOrRead) {
  EXPECT_THAT(used(folder_ / "prog", {folder_ / "lib/a.so", "/etc/passwd"}), ElementsAre("lib/a.so", "prog"));
  EXPECT_THAT(unused_, ElementsAre("data"));
  EXPECT_THAT(used("/bin/true", {}), IsEmpty());
  EXPECT_THAT(unused_, ElementsAre("data", "lib/a.so", "prog"));
}

TEST_F(ProvenanceTest, ACopyAndALinkAreTheArtefactToo) {
  fs::copy_file(folder_ / "prog", folder_ / "installed");
  fs::create_symlink("lib/a.so", folder_ / "a.so.1");
  EXPECT_THAT(used(folder_ / "installed", {folder_ / "a.so.1"}), ElementsAre("lib/a.so", "prog"));
}

TEST_F(ProvenanceTest, ACachedModuleStandsForItsSource) {
  manifest_.artefacts = {{"m.py", "1:1"}, {"n.py", "1:1"}};
  write_whole_file(folder_ / "m.py", "m");
  write_whole_file(folder_ / "n.py", "n");
  EXPECT_THAT(used("/usr/bin/python3", {folder_ / "__pycache__" / "m.cpython-311.pyc"}), ElementsAre("m.py"));
}

}  // namespace
}  // namespace exitproof
