#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ci/cli/exit_status.hpp"
#include "ci/cli/run_binary_testing.hpp"

namespace exitproof::cli {
namespace {

using exitproof::testing::Ran;
using exitproof::testing::run_binary;
using exitproof::testing::run_binary_and;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

/// One process, which never waits: all of what it does is the same in every run. SIGINT leaves something behind, before
/// the trap and by it.
const Words one_process{"/bin/sh", "-c", "trap ': >/tmp/c; exit 1' INT; : >/tmp/a; : >/tmp/b; exec rm /tmp/a /tmp/b"};

class Journal : public ::testing::Test {
 protected:
  Journal() { std::filesystem::create_directory(folder_); }
  ~Journal() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  static Words command(const Words& options) {
    Words words{"run", "--faults", "signals", "--second=60", "--trials", "160", "--time", "10m", "--seed", "7"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), one_process.begin(), one_process.end());
    return words;
  }

  /// A result document, but for the phases of the sites in the fault-free runs: when a subject is ready is a matter of
  /// the machine's speed.
  static std::string but_for_phases(const std::string& text) {
    auto document = nlohmann::ordered_json::parse(text);
    document["statistics"].erase("by_phase");
    return document.dump(1);
  }

  /// The result document of an uninterrupted campaign.
  static const std::string& uninterrupted() {
    static const std::string document = but_for_phases(run_binary(command({"--json", "-"})).out);
    return document;
  }

  std::size_t lines_of(const std::string& name) const {
    std::ifstream stream(file(name));
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(stream), {}, '\n'));
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("exitproof-journal-" + std::to_string(::getpid()));
};

TEST_F(Journal, ACampaignThatIsKilledGoesOnWhereItWas) {
  const Words words = command({"--journal", file("journal"), "--json", "-"});
  const Ran killed = run_binary_and(words, "first finding:", SIGKILL);
  ASSERT_EQ(killed.status, WaitStatus::killed(SIGKILL)) << killed.err;
  const std::size_t before = lines_of("journal");
  ASSERT_GT(before, 4U);
  std::filesystem::resize_file(file("journal"), std::filesystem::file_size(file("journal")) - 3);
  const Ran resumed = run_binary(words);
  EXPECT_EQ(but_for_phases(resumed.out), uninterrupted());
  EXPECT_THAT(resumed.err, HasSubstr(std::to_string(before - 2) + " trials are in"));
  const std::size_t after = lines_of("journal");
  const Ran again = run_binary(words);
  EXPECT_EQ(but_for_phases(again.out), uninterrupted());
  EXPECT_EQ(lines_of("journal"), after + 1) << "nothing but the end was added";
}

TEST_F(Journal, EightShardsAreOneRun) {
  Words merge{"merge", "--json", "-"};
  for (int index = 1; index <= 8; ++index) {
    const std::string shard = std::to_string(index) + "/8";
    const std::string journal = file("journal-" + std::to_string(index));
    const Ran ran = run_binary(command({"--shard", shard, "--journal", journal}));
    EXPECT_THAT(ran.out, HasSubstr("shard " + shard + " (--shard)")) << ran.err;
    merge.push_back(journal);
  }
  const Ran merged = run_binary(merge);
  EXPECT_EQ(merged.status, WaitStatus::exited(exit_violated)) << merged.err;
  EXPECT_EQ(but_for_phases(merged.out), uninterrupted());

  merge.erase(merge.end() - 3);
  const Ran without = run_binary(merge);
  EXPECT_EQ(without.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(without.err, HasSubstr("found none of shard 6/8"));
}

TEST_F(Journal, AJournalOfAnotherCampaignIsAMistake) {
  run_binary({"run", "--journal", file("journal"), "--seed", "7", "--trials", "1", "--", "/bin/true"});
  const Ran ran = run_binary({"run", "--journal", file("journal"), "--seed", "8", "--", "/bin/true"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_usage)) << ran.out;
  EXPECT_THAT(ran.err, AllOf(HasSubstr(file("journal")), HasSubstr("another campaign, ")));
}

TEST_F(Journal, AShardWithoutATrialIsNoFailure) {
  const Ran ran = run_binary({"run", "--shard", "9/9", "--seed", "1", "--trials", "3", "--", "/bin/true"});
  EXPECT_EQ(ran.status, WaitStatus::exited(exit_held)) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("none of the trials belongs to shard 9/9"));
}

TEST_F(Journal, ShardsNeedASeedAndAnEnd) {
  const Ran no_seed = run_binary({"run", "--shard", "1/2", "--", "/bin/true"});
  EXPECT_EQ(no_seed.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(no_seed.err, HasSubstr("expects --seed"));
  const Ran no_end = run_binary({"run", "--shard", "1/2", "--seed", "1", "--explore", "random", "--", "/bin/true"});
  EXPECT_EQ(no_end.status, WaitStatus::exited(exit_usage));
  EXPECT_THAT(no_end.err, HasSubstr("expects --trials"));
}

}  // namespace
}  // namespace exitproof::cli
