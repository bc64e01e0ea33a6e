#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "properties/scenarios/detection.hpp"
#include "properties/scenarios/scenarios_testing.hpp"

namespace exitproof {
namespace {

struct Row {
  const Manifest* manifest;
  const Defect* defect;
  Detection ours;
  Detection naive;
};

/// EXITPROOF_MATRIX=all, =windows, or the name of a scenario. Without it: nothing, for it takes long.
std::vector<Row> wanted_rows(const std::string& wish) {
  std::vector<Row> rows;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Defect& defect : manifest.defects) {
      if (wish == "all" || wish == manifest.name || (wish == "windows" && defect.window)) {
        rows.push_back({&manifest, &defect, {}, {}});
      }
    }
  }
  return rows;
}

std::string cell(const Detection& detection) {
  return detection.found ? fmt::format("{}", detection.runs) : fmt::format("> {}", detection.runs);
}

std::string seconds(const Detection& detection) {
  return fmt::format("{:.1f}", static_cast<double>(detection.took.count()) / 1'000);
}

double gain(const Row& row) {
  return static_cast<double>(row.naive.runs) / static_cast<double>(std::max<std::uint64_t>(row.ours.runs, 1));
}

void print(const Row& row) {
  fmt::print("| {} | {}{} | {} | {} | {} | {} | {} | `{}` |\n", row.manifest->name, row.defect->name,
             row.defect->window ? " (window)" : "", row.defect->invariant, cell(row.ours), seconds(row.ours),
             cell(row.naive), seconds(row.naive), row.ours.found ? row.ours.plan.print() : "not found");
  std::fflush(stdout);
}

TEST(Matrix, EveryDefectIsFoundAndSoonerThanByChance) {
  const char* wish = std::getenv("EXITPROOF_MATRIX");
  if (wish == nullptr) GTEST_SKIP() << "EXITPROOF_MATRIX=all|windows|SCENARIO";
  WorkerPool pool(testing::built_workers(1));
  std::vector<Row> rows = wanted_rows(wish);
  fmt::print("| scenario | defect | invariant | runs | seconds | runs by chance | seconds | plan |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  std::vector<double> gains;
  for (Row& row : rows) {
    row.ours = detect(pool, *row.defect, row.manifest->faults, {});
    row.naive = detect_naively(pool, *row.defect, {.runs = 300, .time = Millis{120'000}});
    print(row);
    EXPECT_TRUE(row.ours.found) << row.manifest->name << ' ' << row.defect->name;
    if (row.defect->window) gains.push_back(gain(row));
  }
  if (gains.empty()) return;
  std::ranges::sort(gains);
  fmt::print("median gain over chance on {} windows, in runs: at least {:.1f}\n", gains.size(),
             gains[gains.size() / 2]);
  EXPECT_GE(gains[gains.size() / 2], 10.0);
}

}  // namespace
}  // namespace exitproof
