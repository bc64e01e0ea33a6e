#include "ci/certify/starter_manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exitproof {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(StarterManifest, CanBeParsedAndSaysWhatWasSaid) {
  CampaignResult survey;
  survey.survey.messages = {"this subject waits; stopping it with SIGTERM"};
  survey.survey.scenario.stop = StopBy::parse("SIGTERM");
  survey.baseline.varying_outputs = {"/x/\x1b[31mout\n[library]"};
  const std::string text = starter_manifest({.command = {"./my prog", "a \"b\""},
                                             .artefacts = {"my prog"},
                                             .said = {{"ready", {"listen:80"}},
                                                      {"tty", {"true"}},
                                                      {"cpus", {"1"}},
                                                      {"allow", {"/run/x.pid"}},
                                                      {"outlives", {"a", "b"}}},
                                             .survey = &survey});
  EXPECT_THAT(text, HasSubstr("#   this subject waits"));
  const ReleaseManifest manifest = parse_release_manifest(text, "exitproof.toml");
  EXPECT_EQ(manifest.library, "my-prog");
  ASSERT_EQ(manifest.scenarios.size(), 1U);
  const ManifestScenario& scenario = manifest.scenarios.front();
  EXPECT_THAT(scenario.scenario.command, ElementsAre("./my prog", "a \"b\""));
  EXPECT_EQ(scenario.scenario.ready->print(), "listen:80");
  EXPECT_EQ(scenario.scenario.stop->print(), "SIGTERM");
  EXPECT_TRUE(scenario.scenario.tty);
  EXPECT_THAT(scenario.scenario.contract.outlives, ElementsAre("a", "b"));
  EXPECT_THAT(scenario.scenario.contract.allowed, ElementsAre("/run/x.pid"));
}

TEST(StarterManifest, NamesTheDirectoryWhereItIsAnother) {
  const std::string text =
      starter_manifest({.command = {"./prog"}, .directory = "../work", .artefacts = {"../work/prog"}, .said = {}});
  const ReleaseManifest manifest = parse_release_manifest(text, "/proj/sub/exitproof.toml");
  EXPECT_EQ(manifest.scenarios.front().scenario.working_directory, "/proj/work");
}

TEST(StarterManifest, HasNoFormForWhatIsNoUtf8) {
  EXPECT_TRUE(can_stand_in_manifest("m\u00fcsli \x01"));
  EXPECT_FALSE(can_stand_in_manifest("m\xfcsli"));
}

}  // namespace
}  // namespace exitproof
