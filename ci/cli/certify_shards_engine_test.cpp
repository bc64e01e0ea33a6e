#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

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
using Words = std::vector<std::string>;

/// One process: all of what it does is the same in every run. Ctrl+C leaves something behind, before the trap and by
/// it.
constexpr const char* one_process = "trap ': >/tmp/shards_c; exit 1' INT; : >/tmp/shards_a; exec rm /tmp/shards_a\n";
constexpr const char* allowed = "[[scenario.allow]]\ninvariant = \"no-leftovers\"\nreason = \"a test\"\n";
constexpr const char* only_ctrl_c = "faults = [\"ctrl-c\"]\n";

class CertifiedShards : public exitproof::testing::ManifestFolder {
 protected:
  Words words(const std::string& out, const Words& more) const {
    Words all{"certify", "--out", path(out), path("exitproof.toml")};
    all.insert(all.begin() + 1, more.begin(), more.end());
    return all;
  }

  Ran certify(const std::string& out, const Words& more = {}) const { return run_binary(words(out, more)); }

  Ran shard(unsigned index, unsigned of, const Words& more = {}) const {
    Words all{"--shard", std::to_string(index) + "/" + std::to_string(of)};
    all.insert(all.end(), more.begin(), more.end());
    return certify(name_of(index), all);
  }

  static std::string name_of(unsigned index) { return "shard-" + std::to_string(index); }

  Ran merge(const std::vector<unsigned>& shards, const Words& more = {}) const {
    Words all{"merge"};
    for (const unsigned index : shards) all.push_back(path(name_of(index)));
    all.insert(all.end(), {"--out", path("merged")});
    all.insert(all.end(), more.begin(), more.end());
    return run_binary(all);
  }

  void expect_refusal(const Ran& ran, const std::string& why) const {
    EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << ran.out;
    EXPECT_THAT(ran.err, HasSubstr(why));
    EXPECT_FALSE(fs::exists(path("merged"))) << "nothing is written before it is clear that these are shards";
  }
};

TEST_F(CertifiedShards, EightAreOneCertificate) {
  write_manifest(one_process, "exhaustive+second:20", std::string(only_ctrl_c) + allowed);
  const Ran whole = certify("whole");
  ASSERT_EQ(whole.status, WaitStatus::exited(exit_held)) << whole.out << whole.err;
  for (unsigned index = 1; index <= 8; ++index) {
    const Ran ran = shard(index, 8);
    ASSERT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("shard " + std::to_string(index) + "/8 (--shard)"));
    EXPECT_FALSE(fs::exists(path(name_of(index)) + "/certificate.json"));
  }
  expect_refusal(merge({1, 2, 3, 4, 5, 7, 8}), "the folders of 8 shards, and found none of shard 6/8");
  expect_refusal(merge({1, 2, 3, 4, 5, 6, 7, 8, 3}), "are both of shard 3/8");
  const Ran merged = merge({8, 1, 3, 2, 5, 4, 7, 6});
  EXPECT_EQ(merged.status, WaitStatus::exited(exit_held)) << merged.out << merged.err;
  for (const char* const name : {"certificate.json", "trials.jsonl", "results.sarif"}) {
    EXPECT_EQ(read(std::string("merged/") + name), read(std::string("whole/") + name)) << name;
  }
  EXPECT_TRUE(fs::exists(path("merged/report.html")));
  EXPECT_TRUE(fs::exists(path("merged/junit.xml")));
}

TEST_F(CertifiedShards, WhatOneOfThemFoundIsRefusedByTheMerge) {
  write_manifest(one_process, "exhaustive", only_ctrl_c);
  std::vector<WaitStatus> statuses;
  for (unsigned index = 1; index <= 2; ++index) statuses.push_back(shard(index, 2).status);
  EXPECT_THAT(statuses, ::testing::Contains(WaitStatus::exited(exit_violated)));
  const Ran merged = merge({1, 2}, {"--annotations", "github"});
  EXPECT_EQ(merged.status, WaitStatus::exited(exit_violated)) << merged.out << merged.err;
  EXPECT_THAT(merged.out, AllOf(HasSubstr("REFUSED"), HasSubstr("replay"), HasSubstr("\n::error title=no-leftovers")));
  EXPECT_FALSE(fs::exists(path("merged/certificate.json")));
  for (const char* const name : {"report.html", "junit.xml", "results.sarif", "trials.jsonl", "results/work.json"}) {
    EXPECT_TRUE(fs::exists(path("merged/") + name)) << name;
  }
}

TEST_F(CertifiedShards, OneThatIsKilledGoesOn) {
  write_manifest(one_process, "smoke", std::string(only_ctrl_c) + allowed);
  certify("whole");
  shard(1, 2);
  const Words second{"--shard", "2/2", "--resume"};
  ASSERT_EQ(run_binary_and(words(name_of(2), second), "survey:", SIGKILL).status, WaitStatus::killed(SIGKILL));
  expect_refusal(merge({1, 2}), "shard 2/2 in " + path(name_of(2)) + " was ended before its end");
  const Ran resumed = certify(name_of(2), second);
  EXPECT_EQ(resumed.status, WaitStatus::exited(exit_held)) << resumed.out << resumed.err;
  const Ran merged = merge({1, 2});
  EXPECT_EQ(merged.status, WaitStatus::exited(exit_held)) << merged.out << merged.err;
  EXPECT_EQ(read("merged/certificate.json"), read("whole/certificate.json"));
}

TEST_F(CertifiedShards, OfOtherCertificationsAreNamed) {
  write_manifest("echo done\n", "smoke", "faults = [\"kill\"]\n");
  shard(1, 2);
  expect_refusal(merge({1}), "found none of shard 2/2");
  shard(2, 2, {"--seed", "7"});
  expect_refusal(merge({1, 2}), "seed: 1 and 7");
  shard(2, 2, {"--level", "exhaustive"});
  expect_refusal(merge({1, 2}), "level: the manifest's and exhaustive");
  shard(2, 3);
  expect_refusal(merge({1, 2}), "shard 2/3 in ");
  write("work.sh", "echo Done\n");
  shard(2, 2);
  expect_refusal(merge({1, 2}), "artefact work.sh");
  write_manifest("echo done\n", "smoke", "faults = [\"kill\"]\ngrace = \"9s\"\n");
  shard(2, 2);
  expect_refusal(merge({1, 2}), "contract of scenario work: contract, settings");

  fs::create_directories(path("shard-3"));
  expect_refusal(merge({1, 3}), "shard-3: expected the folder of certify --shard, and found no shard.json");
  expect_refusal(merge({1, 4}), "shard-4\" is not there");
  expect_refusal(run_binary({"merge", path("shard-1"), path("exitproof.toml")}), "found both");
  expect_refusal(run_binary({"merge", path("shard-1"), "--json", "-"}), "belong to the shards of run");
  expect_refusal(merge({1}, {"--annotations", "gitlab"}), "--annotations expects github or none");
}

TEST_F(CertifiedShards, TheRunnerOfParallelJobsSaysWhichOneThisIs) {
  write_manifest("[ -z \"$CI_NODE_INDEX$CI_NODE_TOTAL\" ]\n", "smoke", "faults = [\"kill\"]\n");
  ::setenv("CI_NODE_INDEX", "2", 1);
  ::setenv("CI_NODE_TOTAL", "3", 1);
  const Ran ran = certify("out");
  ::unsetenv("CI_NODE_INDEX");
  ::unsetenv("CI_NODE_TOTAL");
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("shard 2/3 (CI_NODE_INDEX)"));
  EXPECT_EQ(certify("out", {"--shard", "4/3"}).status, WaitStatus::exited(exit_usage));
}

}  // namespace
}  // namespace exitproof::cli
