// How often the plans of the manifests show what they show. Without EXITPROOF_REPLAY_TIMES it does nothing.
//
//     EXITPROOF_REPLAY_TIMES=N       each plan N times, with the free schedule and with a seeded one
//     EXITPROOF_REPLAY_WRITE=FOLDER  puts the table into replay-rates.md there
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "properties/scenarios/scenarios_testing.hpp"
#include "properties/scenarios/surveyed_scenario.hpp"

namespace exitproof {
namespace {

constexpr std::uint64_t schedule = 1;
constexpr unsigned workers = 4;  ///< trials wait more than they compute

struct Rate {
  unsigned shown = 0;
  unsigned times = 0;
  std::string print() const { return fmt::format("{} of {}", shown, times); }
  double share() const { return static_cast<double>(shown) / times; }
};

Rate rate_of(SurveyedScenario& scenario, const Defect& defect, const FaultPlan& plan, unsigned times) {
  Rate rate{.times = times};
  for (const Evidence& evidence : scenario.run(plan, times)) {
    const bool fired = evidence.all_faults_fired();
    if (fired && is_violated(scenario.judge(evidence), defect.invariant)) ++rate.shown;
  }
  return rate;
}

bool is_exact(const FaultPlan& plan) {
  return std::ranges::all_of(plan.faults, [](const Fault& fault) { return fault.site.exact(); });
}

bool is_single_threaded(const Evidence& run) {
  return std::ranges::all_of(run.processes, [](const ProcessRecord& one) { return one.path.is_root(); });
}

TEST(ReplayRates, AreAsPromised) {
  const char* wish = std::getenv("EXITPROOF_REPLAY_TIMES");
  if (wish == nullptr) GTEST_SKIP() << "EXITPROOF_REPLAY_TIMES=N";
  const auto times = static_cast<unsigned>(std::stoul(wish));
  std::string table =
      "# Replay rates\n\nHow often the plan of each deliberate mistake in `scenarios/` shows it, with the free "
      "schedule "
      "and with `,schedule=1`. Written by `ci/extended replays`.\n\n"
      "| scenario | defect | plan | free | seeded |\n|---|---|---|--:|--:|\n";
  WorkerPool pool(testing::built_workers(workers));
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Defect& defect : manifest.defects) {
      SurveyedScenario scenario(pool, defect.scenario, 1);
      FaultPlan seeded = defect.plan;
      seeded.schedule = schedule;
      const Rate free_rate = rate_of(scenario, defect, defect.plan, times);
      const Rate seeded_rate = rate_of(scenario, defect, seeded, times);
      table += fmt::format("| {} | {} | `{}` | {} | {} |\n", manifest.name, defect.name, defect.plan.print(),
                           free_rate.print(), seeded_rate.print());
      fmt::print("{} {}: {} free, {} seeded\n", manifest.name, defect.name, free_rate.print(), seeded_rate.print());
      std::fflush(stdout);
      const bool certain = is_exact(defect.plan) && is_single_threaded(scenario.survey().runs.front());
      if (certain) {
        EXPECT_EQ(free_rate.shown, times) << defect.name;
      } else {
        EXPECT_GE(seeded_rate.share(), 0.99) << defect.name;
      }
    }
  }
  const char* folder = std::getenv("EXITPROOF_REPLAY_WRITE");
  if (folder == nullptr) return;
  std::ofstream file(std::filesystem::path(folder) / "replay-rates.md", std::ios::trunc);
  file << table << std::flush;
  EXPECT_TRUE(file.good());
}

}  // namespace
}  // namespace exitproof
