#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "properties/invariants/evidence_testing.hpp"

namespace exitproof {
namespace {

using std::chrono::milliseconds;
using testing::clean_baseline;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Story;

TEST(all_invariants, stand_in_the_order_of_the_results) {
  std::vector<std::string_view> names;
  for (const Invariant& invariant : all_invariants()) names.push_back(invariant.name);
  const std::vector<std::string_view> expected = {"no-zombies",         "no-orphans", "no-leftovers",  "handlers-once",
                                                  "honest-exit-status", "no-hang",    "whole-outputs", "own-files-only",
                                                  "terminal-restored",  "restarts"};
  // Later ones may stand between these.
  EXPECT_TRUE(std::ranges::includes(names, expected, [&](std::string_view left, std::string_view right) {
    return std::ranges::find(names, left) < std::ranges::find(names, right);
  }));
}

TEST(all_invariants, have_names_of_their_own_and_claims) {
  std::set<std::string_view> names;
  for (const Invariant& invariant : all_invariants()) {
    EXPECT_TRUE(names.insert(invariant.name).second) << invariant.name;
    EXPECT_FALSE(invariant.claim.empty());
    EXPECT_THAT(invariant.judge(Story().evidence, {}, clean_baseline()).violations, IsEmpty()) << invariant.name;
  }
}

TEST(judge, holds_a_clean_run) {
  const Judgement judgement = judge(Story().evidence, {}, clean_baseline());
  EXPECT_EQ(judgement.verdict, Verdict::held);
  EXPECT_THAT(judgement.skipped, IsEmpty());
}

TEST(judge, puts_a_harness_error_before_everything) {
  Story run = Story().file("/tmp/x").unfired("kill@0:write:9", "the 9th write");
  run.evidence.harness_error = "mount: EPERM";
  const Judgement judgement = judge(run.evidence, {}, clean_baseline());
  EXPECT_EQ(judgement.verdict, Verdict::harness_error);
  EXPECT_THAT(judgement.violations, IsEmpty());
  EXPECT_EQ(judgement.notes.at(0).detail, "mount: EPERM");
}

TEST(judge, never_passes_a_trial_whose_fault_did_not_fire) {
  const Story run = Story().file("/tmp/x").unfired("kill@0:write:9", "there were 8 writes");
  const Judgement judgement = judge(run.evidence, {}, clean_baseline());
  EXPECT_EQ(judgement.verdict, Verdict::not_exercised);
  EXPECT_THAT(judgement.violations, IsEmpty());
  EXPECT_EQ(judgement.notes.at(0).detail, "kill@0:write:9 did not fire: there were 8 writes");
}

TEST(judge, never_passes_a_trial_whose_end_was_not_seen) {
  const Judgement judgement = judge(Story().cut().evidence, {}, clean_baseline());
  EXPECT_EQ(judgement.verdict, Verdict::not_exercised);
  EXPECT_THAT(judgement.skipped, SizeIs(all_invariants().size()));
}

TEST(judge, says_what_was_skipped_by_the_trial_and_by_the_invariants) {
  Story run = Story().hung("ctrl-c");
  run.evidence.skipped = {"setuid: su lost its elevation"};
  const Judgement judgement = judge(run.evidence, {}, clean_baseline());
  EXPECT_THAT(judgement.skipped, Contains("setuid: su lost its elevation"));
  EXPECT_THAT(judgement.skipped, Contains("no-leftovers: the subject did not end"));
}

// What a generated run is made of; fixed pools, so that names meet often.
const std::vector<std::string> commands = {"sh", "python3", "gzip"};
const std::vector<std::string> paths = {
    "/tmp/a",       "/tmp/d",     "/tmp/d/a",       "/tmp/d/b", "/tmp/d/e",        "/tmp/d/e/f",     "/tmp/d.x",
    "/project/out", "/project/d", "/project/d/out", "/run/pid", "/tmp/sortkX81hQ", "/tmp/sortZq7Bd2"};
const std::vector<std::string> globs = {"/tmp/*", "/tmp/d", "/tmp/d/**", "/tmp/d/a", "*.x", "d/e", "/tmp/sort*"};

template <typename T>
T pick(const std::vector<T>& pool) {
  return *rc::gen::elementOf(pool);
}

int roll(int sides) {
  return *rc::gen::inRange(0, sides);
}

void add_fault(Story& run) {
  switch (roll(5)) {
    case 0:
      run.fault("kill@0:write:1", {"0"}, Landing::death).ended("0", "SIGKILL");
      break;
    case 1:
      run.fault("kill@0.1:write:1", {"0.1"}, Landing::death).ended("0.1", "SIGKILL");
      break;
    case 2:
      run.fault("SIGTERM@0:write:1", {"0"}, Landing::caught);
      break;
    case 3:
      run.fault("SIGTERM@0:write:1", {"0"}, Landing::death).ended("0", "SIGTERM");
      break;
    default:
      break;
  }
}

Story any_run() {
  Story run(pick(commands));
  const std::vector<std::string> all = {"0.1", "0.2", "0.1.1", "0.1.2", "0.3"};
  for (const std::string& path : all) run.process(path, pick(commands));
  add_fault(run);
  for (const std::string& path : all) {
    switch (roll(6)) {
      case 0:
        run.survivor(path);
        break;
      case 1:
        run.transient(path, milliseconds(roll(2000)));
        break;
      case 2:
        run.zombie_at_end(path, milliseconds(roll(600)));
        break;
      case 3:
        run.late_reap(path, milliseconds(roll(600)));
        break;
      default:
        break;
    }
  }
  for (const std::string& path : paths) {
    if (roll(3) != 0) continue;
    const bool directory = path.ends_with("/d") || path.ends_with("/e");
    run.file(path, directory ? FileType::directory : FileType::regular, pick<std::string>({"", "0", "0.1"}));
    run.evidence.files.back().size = static_cast<std::uint64_t>(roll(2));
  }
  if (roll(3) == 0) run.deleted("/etc/hosts");
  if (roll(2) == 0) run.next(pick<std::string>({"exit 0", "exit 1"}), roll(2) == 0 ? run : Story());
  return run;
}

std::set<std::string> signatures(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  std::set<std::string> all;
  for (const Violation& violation : judge(evidence, contract, baseline).violations) {
    all.insert(signature(violation, FaultKind::kill));
  }
  return all;
}

const Baseline& baseline() {
  static const Baseline value = [] {
    Story run = Story().file("/project/d", FileType::directory).file("/project/d/out").file("/project/out");
    return testing::three_of(Story(run).next("exit 0", run));
  }();
  return value;
}

template <typename T>
void shuffle(std::vector<T>& items, std::size_t first = 0) {
  for (std::size_t i = items.size(); i > first + 1; --i) {
    std::swap(items[i - 1], items[*rc::gen::inRange(first, i)]);
  }
}

TEST(judge, says_the_same_of_the_same_evidence) {
  EXPECT_TRUE(rc::check("deterministic", [] {
    const Story run = any_run();
    const Judgement one = judge(run.evidence, {}, baseline());
    const Judgement other = judge(run.evidence, {}, baseline());
    RC_ASSERT(one.verdict == other.verdict);
    RC_ASSERT(one.violations == other.violations);
    RC_ASSERT(one.notes == other.notes);
  }));
}

TEST(judge, finds_no_more_when_more_is_allowed) {
  EXPECT_TRUE(rc::check("allow is monotone", [] {
    const Story run = any_run();
    Contract contract;
    const std::set<std::string> before = signatures(run.evidence, contract, baseline());
    contract.allowed.push_back(pick(globs));
    const std::set<std::string> after = signatures(run.evidence, contract, baseline());
    RC_ASSERT(std::ranges::includes(before, after));
  }));
}

TEST(judge, does_not_depend_on_the_order_of_what_is_written_down) {
  EXPECT_TRUE(rc::check("order", [] {
    const Story run = any_run();
    Evidence other = run.evidence;
    shuffle(other.processes, 1);
    shuffle(other.survivors);
    shuffle(other.zombies);
    shuffle(other.files);
    RC_ASSERT(signatures(run.evidence, {}, baseline()) == signatures(other, {}, baseline()));
  }));
}

TEST(judge, counts_only_what_is_beyond_the_baseline) {
  EXPECT_TRUE(rc::check("known", [] {
    const Story run = any_run();
    Baseline knowing = baseline();
    for (const Violation& violation : judge(run.evidence, {}, baseline()).violations) {
      std::ranges::copy(known_by(std::span(&violation, 1)), std::back_inserter(knowing.known_violations));
    }
    const Judgement judgement = judge(run.evidence, {}, knowing);
    if (run.evidence.plan.faults.empty()) {
      RC_ASSERT(judgement.violations.size() == judge(run.evidence, {}, baseline()).violations.size());
    } else {
      RC_ASSERT(judgement.violations.empty());
      RC_ASSERT(judgement.verdict == Verdict::held);
    }
  }));
}

TEST(judge, is_violated_exactly_when_it_has_violations) {
  EXPECT_TRUE(rc::check("verdict", [] {
    const Judgement judgement = judge(any_run().evidence, {}, baseline());
    RC_ASSERT((judgement.verdict == Verdict::violated) == !judgement.violations.empty());
    for (const Violation& violation : judgement.violations) {
      RC_ASSERT(!violation.subject.empty());
      RC_ASSERT(!violation.detail.empty());
    }
  }));
}

}  // namespace
}  // namespace exitproof
