#include "ci/certify/release_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ci/certify/certificate_testing.hpp"
#include "ci/certify/sha256.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReleaseShards : public ::testing::Test {
 protected:
  PlacedShard shard(unsigned index) const {
    PlacedShard placed;
    placed.folder = "folder-" + std::to_string(index);
    placed.release = {.shard = {.index = index, .of = 3},
                      .manifest_path = "/project/exitproof.toml",
                      .manifest = sample_.manifest.text,
                      .seed = 7,
                      .level = {},
                      .provenance = sample_.provenance,
                      .complete = true};
    return placed;
  }

  std::vector<PlacedShard> all() const { return {shard(1), shard(2), shard(3)}; }

  static std::string refusal(const std::vector<PlacedShard>& shards) {
    try {
      check_release_shards(shards);
    } catch (const ShardsError& error) {
      return error.what();
    }
    return "they were accepted";
  }

  testing::SampleCertification sample_;
};

TEST_F(ReleaseShards, AreReadAsTheyWereWritten) {
  ReleaseShard one = shard(2).release;
  one.times = CertificateTimes{"2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"};
  const std::string text = print_release_shard(one);
  EXPECT_EQ(print_release_shard(parse_release_shard(text)), text);
  EXPECT_EQ(parse_release_shard(text).shard, one.shard);
  EXPECT_THROW(parse_release_shard(text.substr(0, text.size() / 2)), ParseError);
  EXPECT_THROW(parse_release_shard("{}"), ParseError);
}

TEST_F(ReleaseShards, GiveTheManifestBackAsItWasTried) {
  ReleaseShard one = shard(1).release;
  one.level = "smoke";
  const ReleaseManifest manifest = manifest_of(one);
  EXPECT_EQ(manifest.seed, 7U);
  ASSERT_EQ(manifest.scenarios.size(), 2U);
  EXPECT_EQ(manifest.scenarios.front().scenario.working_directory, "/project");
  EXPECT_EQ(manifest.scenarios.back().level.print(), "smoke") << "and not random:300";
  one.level = "thorough";
  EXPECT_THROW(manifest_of(one), ManifestError);
  one.level.clear();
  one.provenance.scenarios.pop_back();
  EXPECT_EQ(manifest_of(one).scenarios.size(), 1U);
  one.provenance.scenarios.front().name = "another";
  EXPECT_THROW(manifest_of(one), ManifestError);
}

TEST_F(ReleaseShards, KnowTheTestsOfABinaryWithoutRunningIt) {
  ReleaseShard one = shard(1).release;
  one.manifest =
      "[library]\nname = \"x\"\nversion = \"1\"\nartefacts = [\"x\"]\n"
      "[[scenario]]\nname = \"unit\"\ngtest = \"nowhere_test\"\n";
  one.provenance.scenarios = {{.name = "unit/A.one", .files = {}, .programs = {}},
                              {.name = "unit/B/0.two", .files = {}, .programs = {}}};
  const ReleaseManifest manifest = manifest_of(one);
  ASSERT_EQ(manifest.scenarios.size(), 2U);
  EXPECT_EQ(manifest.scenarios.back().name, "unit/B/0.two");
  EXPECT_THAT(manifest.scenarios.back().scenario.command,
              ::testing::ElementsAre("./nowhere_test", "--gtest_filter=B/0.two"));
}

TEST_F(ReleaseShards, ThatBelongTogetherAreAccepted) {
  EXPECT_EQ(refusal(all()), "they were accepted");
  std::vector<PlacedShard> shards = all();
  shards[1].release.provenance.scenarios.front().programs.clear();
  EXPECT_EQ(refusal(shards), "they were accepted") << "a program may run by chance";
}

TEST_F(ReleaseShards, ThatAreMissingOrDoubledAreNamed) {
  EXPECT_THAT(refusal({}), HasSubstr("found none"));
  EXPECT_THAT(refusal({shard(2)}), HasSubstr("found none of shards 1/3, 3/3"));
  EXPECT_THAT(refusal({shard(1), shard(2), shard(2), shard(3)}), HasSubstr("are both of shard 2/3"));
  std::vector<PlacedShard> shards = all();
  shards[2].release.complete = false;
  EXPECT_THAT(refusal(shards), AllOf(HasSubstr("shard 3/3 in folder-3"), HasSubstr("ended before its end")));
  shards[2].release.refused = {"report: cannot execute './writer'"};
  EXPECT_THAT(refusal(shards), HasSubstr("shard 3/3 in folder-3 could not try scenario report: cannot execute"));
}

TEST_F(ReleaseShards, OfSomethingElseAreToldApart) {
  const auto refused_with = [&](auto change) {
    std::vector<PlacedShard> shards = all();
    change(shards[1].release);
    return refusal(shards);
  };
  const auto expect = [&](const std::string& what, auto change) {
    EXPECT_THAT(refused_with(change), AllOf(HasSubstr("shard 2/3 in folder-2"), HasSubstr(what)));
  };
  const std::string other = sha256_of("other");
  expect("seed: 7 and 8", [](ReleaseShard& one) { one.seed = 8; });
  expect("level: the manifest's and smoke", [](ReleaseShard& one) { one.level = "smoke"; });
  expect("artefact writer", [&](ReleaseShard& one) { one.provenance.artefacts.front().sha256 = other; });
  expect("file input.txt of scenario report",
         [&](ReleaseShard& one) { one.provenance.scenarios.front().files.front().sha256 = other; });
  expect("program /usr/bin/python3.11 of scenario report",
         [&](ReleaseShard& one) { one.provenance.scenarios.front().programs.front().digest = other; });
  expect("kernel: Linux 6.18.0 and Linux 6.1", [](ReleaseShard& one) { one.provenance.kernel = "Linux 6.1"; });
  expect("tool: two builds of exitproof 0.0.0", [&](ReleaseShard& one) { one.provenance.tool_digest = other; });
  expect("scenarios: \"drawn\" and \"\"", [](ReleaseShard& one) { one.provenance.scenarios.pop_back(); });
  expect("contract of scenario report: contract, settings",
         [](ReleaseShard& one) { one.manifest.replace(one.manifest.find("\"1s\""), 4, "\"9s\""); });
  expect("manifest: two texts", [](ReleaseShard& one) { one.manifest += "# nothing\n"; });
}

}  // namespace
}  // namespace exitproof
