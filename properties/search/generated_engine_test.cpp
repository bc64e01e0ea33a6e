// The harness against an oracle: trees of processes drawn from seeds are tried with drawn faults, and what is judged of
// them is compared with what follows from their descriptions alone (scenarios/generated).
//
// EXITPROOF_GENERATED=FROM-TO tries the trees of those seeds too, with all CPUs: `ci/extended generated`.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "exitproof/invariant.hpp"
#include "exitproof/survey.hpp"
#include "exitproof/worker_pool.hpp"
#include "harness/model/test_paths_testing.hpp"
#include "properties/search/trial_template.hpp"
#include "scenarios/generated/draw_fault.hpp"
#include "scenarios/generated/draw_tree.hpp"
#include "scenarios/generated/oracle.hpp"
#include "scenarios/generated/tree_text.hpp"

namespace exitproof {
namespace {

using generated::Description;
using generated::DrawnFault;
using generated::Expectation;
using generated::Wrongs;

constexpr std::size_t plans_per_tree = 8;
constexpr unsigned attempts_per_trial = 3;

/// The world of all trees: a folder to work in, and one for temporary files in it.
class Place {
 public:
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "exitproof-generated-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
    folder_ = name;
    std::filesystem::create_directory(temporary());
  }
  ~Place() { std::filesystem::remove_all(folder_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Scenario scenario(const Description& tree) const {
    Scenario scenario;
    scenario.command = {testing::subject("generated_tree"), std::to_string(tree.seed)};
    scenario.working_directory = folder_;
    scenario.environment = {{"PATH", "/usr/bin:/bin"}, {"TMPDIR", temporary()}};
    scenario.agents = false;  // its handlers are told by the probe
    scenario.timeout = Millis(generated::give_up_ms);
    scenario.contract.grace = Millis(generated::grace_ms);
    scenario.contract.zombie = Millis(tree.zombie_ms);
    return scenario;
  }

  std::string temporary() const { return folder_ + "/temporary"; }

 private:
  std::string folder_;
};

std::string command_lines(const Description& tree, const std::string& plan) {
  const std::string program = testing::subject("generated_tree");
  return fmt::format(
      "  {} --describe {}\n  {} replay {} --agents off --grace {}ms --zombie {}ms --timeout {}ms -- {} {}", program,
      tree.seed, testing::exitproof_binary(), plan, generated::grace_ms, tree.zombie_ms, generated::give_up_ms, program,
      tree.seed);
}

/// "/tmp/x/12.ab-x.tmp" as "*.ab-x.tmp".
std::string base_name(const std::string& path) {
  std::string base = path.substr(path.rfind('/') + 1);
  const std::size_t pid = base.find_first_not_of("0123456789*");
  if (pid != 0 && pid != std::string::npos && base[pid] == '.') base.replace(0, pid, "*");
  return base;
}

std::string as_oracle_says(const Violation& violation) {
  constexpr std::array<std::string_view, 3> alone{"no-hang", "honest-exit-status", "restarts"};
  if (std::ranges::find(alone, violation.invariant) != alone.end()) return violation.invariant;
  if (violation.invariant == "no-zombies") {
    return fmt::format("{} {} {}", violation.invariant, violation.command, violation.subject);
  }
  return violation.invariant + " " + base_name(violation.subject);
}

Wrongs as_oracle_says(const Judgement& judgement) {
  Wrongs wrongs;
  for (const Violation& violation : judgement.violations) wrongs.insert(as_oracle_says(violation));
  return wrongs;
}

std::set<std::string> orphans_of(const Evidence& evidence) {
  std::set<std::string> orphans;
  for (const Survivor& survivor : evidence.survivors) {
    if (!survivor.ended_after) orphans.insert(survivor.process.print());
  }
  return orphans;
}

struct Counts {
  unsigned trees = 0;
  unsigned passed_over = 0;  ///< trees that are no subject
  unsigned pairs = 0;
  unsigned violated = 0;
  unsigned partly = 0;       ///< pairs of which something depends on the order of steps, and was not compared
  unsigned unspecified = 0;  ///< pairs of which nothing was
  unsigned not_fired = 0;    ///< pairs whose quiet moment a busy machine did not make
  unsigned unsteady = 0;     ///< pairs that were judged otherwise at first: a busy machine strikes at a later moment
  unsigned wrong = 0;

  std::string print() const {
    return fmt::format(
        "{} trees ({} more are no subjects), {} pairs: {} violated, {} compared in part, {} not compared, {} not "
        "fired, {} not steady, {} wrong",
        trees, passed_over, pairs, violated, partly, unspecified, not_fired, unsteady, wrong);
  }
};

class OracleTest {
 public:
  explicit OracleTest(unsigned workers) : pool_(options(workers)) {}

  void try_tree(std::uint64_t seed) {
    const Description tree = generated::draw_tree(seed);
    const auto clean = generated::clean_run(tree);
    if (!clean) {
      ++counts_.passed_over;
      return;
    }
    ++counts_.trees;
    Survey survey =
        take_survey(pool_, place_.scenario(tree),
                    {.runs = 2, .sites = true, .next_runs = true, .two_runs_from = {}, .in_another_second = {}});
    if (survey.refusal || survey.runs.size() < 2) {
      ADD_FAILURE() << "no survey of seed " << seed << ": " << survey.refusal.value_or("too few runs");
      return;
    }
    const Baseline baseline = make_baseline(survey.runs, survey.scenario);
    compare_clean(tree, *clean, survey, baseline);
    try_faults(tree, *clean, survey, baseline);
  }

  const Counts& counts() const { return counts_; }

 private:
  struct Pair {
    DrawnFault drawn;
    Expectation expected;
    unsigned attempt = 1;
    bool disagreed = false;  ///< in an attempt in which the fault did fire
  };

  /// Every second trial is looked at as a replay is, in which the makers of files are seen; the others as those of a
  /// campaign.
  static bool is_rich(std::size_t index) { return index % 2 == 0; }

  static WorkerPoolOptions options(unsigned workers) {
    WorkerPoolOptions options;
    options.command = {testing::exitproof_binary(), "worker"};
    options.workers = workers;
    return options;
  }

  void compare_clean(const Description& tree, const generated::CleanRun& clean, const Survey& survey,
                     const Baseline& baseline) {
    for (const Evidence& run : survey.runs) {
      const Wrongs judged = as_oracle_says(judge(run, survey.scenario.contract, baseline));
      if (judged == clean.wrongs && orphans_of(run) == clean.orphans) continue;
      ++counts_.wrong;
      ADD_FAILURE() << fmt::format("seed {}, without a fault\nexpected: {}; orphans {}\njudged:   {}{}\n{}", tree.seed,
                                   clean.wrongs, clean.orphans, said_of(run, survey, baseline),
                                   command_lines(tree, "none"), generated::text_of(tree));
      return;
    }
  }

  void try_faults(const Description& tree, const generated::CleanRun& clean, const Survey& survey,
                  const Baseline& baseline) {
    generated::Random random(tree.seed ^ 0x6661756C74);
    generated::FaultDrawing drawing(tree, random);
    std::vector<Pair> pairs;
    while (pairs.size() < plans_per_tree) {
      DrawnFault drawn = drawing.draw();
      Expectation expected = generated::expect(tree, clean, drawn.fault, is_rich(pairs.size()));
      if (expected.fired) pairs.push_back({std::move(drawn), std::move(expected)});
    }
    const TrialRequest common = trial_template(survey.runs, baseline);
    const auto submit = [&](std::size_t index) {
      TrialRequest request = common;
      request.plan = FaultPlan::parse(pairs[index].drawn.plan);
      request.classes |= is_rich(index) ? default_survey_classes() : trespass_classes();
      request.events = is_rich(index);
      pool_.submit(index, request);
    };
    for (std::size_t i = 0; i < pairs.size(); ++i) submit(i);
    for (std::size_t due = pairs.size(); due > 0;) {
      const auto answer = pool_.next();
      ASSERT_TRUE(answer.has_value());
      Pair& pair = pairs[answer->ticket];
      if (!agrees(pair, answer->evidence, survey, baseline) && pair.attempt++ < attempts_per_trial) {
        pair.disagreed = pair.disagreed || answer->evidence.all_faults_fired();
        fmt::print(stderr, "seed {}, plan {}: tried once more: {}expected: {}, perhaps {}\n\n", tree.seed,
                   pair.drawn.plan, said_of(answer->evidence, survey, baseline), pair.expected.must, pair.expected.may);
        submit(answer->ticket);
        continue;
      }
      --due;
      enter(tree, pair, answer->evidence, survey, baseline);
    }
  }

  static std::string said_of(const Evidence& evidence, const Survey& survey, const Baseline& baseline) {
    const Judgement judgement = judge(evidence, survey.scenario.contract, baseline);
    std::string said = fmt::format("{}, {}; orphans {}\n", verdict_name(judgement.verdict), as_oracle_says(judgement),
                                   orphans_of(evidence));
    said += fmt::format("  the root: {}\n", evidence.root_end ? evidence.root_end->print() : "has not ended");
    if (!evidence.err.head.empty()) said += "  on stderr: " + evidence.err.head;
    for (const Violation& violation : judgement.violations) said += "  " + violation.detail + "\n";
    for (const Note& note : judgement.notes) said += "  note: " + note.detail + "\n";
    return said;
  }

  static bool agrees(const Pair& pair, const Evidence& evidence, const Survey& survey, const Baseline& baseline) {
    const Expectation& expected = pair.expected;
    if (expected.vague || expected.hung) return true;
    const Judgement judgement = judge(evidence, survey.scenario.contract, baseline);
    if (judgement.verdict == Verdict::harness_error || judgement.verdict == Verdict::not_exercised) return false;
    const Wrongs judged = as_oracle_says(judgement);
    const bool all = std::ranges::includes(judged, expected.must);
    const bool no_more = std::ranges::includes(expected.may, judged);
    const bool hangs = expected.may.contains("no-hang");
    return all && no_more && (hangs || !expected.orphans_known || orphans_of(evidence) == expected.orphans);
  }

  void enter(const Description& tree, const Pair& pair, const Evidence& evidence, const Survey& survey,
             const Baseline& baseline) {
    const Expectation& expected = pair.expected;
    ++counts_.pairs;
    if (!expected.must.empty()) ++counts_.violated;
    if (expected.vague || expected.hung) {
      ++counts_.unspecified;
      return;
    }
    if (expected.must != expected.may || !expected.orphans_known) ++counts_.partly;
    if (agrees(pair, evidence, survey, baseline)) {
      if (pair.disagreed) ++counts_.unsteady;
      return;
    }
    if (pair.drawn.fault.quiet && !evidence.all_faults_fired()) {
      ++counts_.not_fired;
      return;
    }
    ++counts_.wrong;
    ADD_FAILURE() << fmt::format("seed {}, plan {}\nexpected: {}, perhaps {}; orphans {}\njudged:   {}{}\n{}",
                                 tree.seed, pair.drawn.plan, expected.must, expected.may, expected.orphans,
                                 said_of(evidence, survey, baseline), command_lines(tree, pair.drawn.plan),
                                 generated::text_of(tree));
  }

  Place place_;
  WorkerPool pool_;
  Counts counts_;
};

/// What was not compared, or only at last, must stay rare.
void expect_most_was_compared(const Counts& counts) {
  constexpr unsigned tolerated = 10;
  EXPECT_LE(counts.unspecified + counts.not_fired + counts.unsteady, counts.pairs / tolerated + 1) << counts.print();
  EXPECT_GT(counts.violated, 0U) << counts.print();
}

class GeneratedTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
};

constexpr std::uint64_t trees_per_shard = 6;

TEST_P(GeneratedTest, IsJudgedAsItsDescriptionSays) {
  OracleTest test(1);
  for (std::uint64_t seed = 0; seed < trees_per_shard; ++seed) test.try_tree(GetParam() * trees_per_shard + seed);
  RecordProperty("counts", test.counts().print());
  expect_most_was_compared(test.counts());
}

INSTANTIATE_TEST_SUITE_P(Seeds, GeneratedTest, ::testing::Range<std::uint64_t>(0, 8));

TEST(GeneratedSeedsTest, AreJudgedAsTheirDescriptionsSay) {
  std::signal(SIGPIPE, SIG_IGN);
  const char* range = std::getenv("EXITPROOF_GENERATED");
  if (range == nullptr) GTEST_SKIP() << "EXITPROOF_GENERATED=FROM-TO names no seeds";
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  ASSERT_EQ(std::sscanf(range, "%lu-%lu", &from, &to), 2) << "EXITPROOF_GENERATED is FROM-TO";
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  ASSERT_EQ(::sched_getaffinity(0, sizeof cpus, &cpus), 0);
  OracleTest test(static_cast<unsigned>(CPU_COUNT(&cpus)));
  for (std::uint64_t seed = from; seed < to; ++seed) {
    test.try_tree(seed);
    if ((seed + 1 - from) % 25 == 0 || seed + 1 == to) {
      fmt::print(stderr, "seeds {} to {}: {}\n", from, seed, test.counts().print());
    }
  }
  expect_most_was_compared(test.counts());
}

}  // namespace
}  // namespace exitproof
