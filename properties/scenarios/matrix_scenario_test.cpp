// Measures the detection matrix. Without EXITPROOF_MATRIX it does nothing, for it takes long.
//
//     EXITPROOF_MATRIX=all|windows|SCENARIO[/DEFECT]  the defects to be measured
//     EXITPROOF_MATRIX_RUNS=N                         at most so many runs of the search for each (2000)
//     EXITPROOF_MATRIX_CHANCE=N                       at most so many runs by chance for each; without it 300, and of
//                                                     a window fifteen times as many as the search took, up to 2500;
//                                                     0 keeps what is written of chance
//     EXITPROOF_MATRIX_WRITE=FOLDER                   puts the rows into detection-matrix.json and .md there; others may
//                                                     do so at the same time
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "properties/scenarios/matrix.hpp"
#include "properties/scenarios/scenarios_testing.hpp"

namespace exitproof {
namespace {

std::string wish(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool is_wanted(const std::string& wanted, const Manifest& manifest, const Defect& defect) {
  return wanted == "all" || wanted == manifest.name || wanted == manifest.name + '/' + defect.name ||
         (wanted == "windows" && defect.window);
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) throw std::runtime_error(fmt::format("{} cannot be written", path.string()));
}

DetectionLimits by_search() {
  const std::string most = wish("EXITPROOF_MATRIX_RUNS");
  const std::uint64_t runs = most.empty() ? 2'000 : std::stoull(most);
  return {.runs = runs, .time = Millis{600} * static_cast<Millis::rep>(runs)};
}

/// How long the naive way goes on. To be ten times as slow it must be given the time.
DetectionLimits by_chance(const MatrixRow& row) {
  const std::string most = wish("EXITPROOF_MATRIX_CHANCE");
  std::uint64_t runs = row.window ? std::clamp<std::uint64_t>(15 * row.search.runs, 300, 2'500) : 300;
  if (!most.empty()) runs = std::stoull(most);
  return {.runs = runs, .time = Millis{400'000}, .hits = 10};
}

/// Nobody else writes the matrix while it lives. flock(2)
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder) : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY)) {
    if (folder_ < 0 || ::flock(folder_, LOCK_EX) != 0) {
      throw std::system_error(errno, std::generic_category(), "lock " + folder.string());
    }
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() { ::close(folder_); }

 private:
  int folder_;
};

/// The matrix in a folder, which is kept up to date row by row.
class Written {
 public:
  explicit Written(std::filesystem::path folder) : folder_(std::move(folder)) {}

  ByChance chance_of(const MatrixRow& row) const {
    const DetectionMatrix matrix = read();
    const auto same = std::ranges::find_if(
        matrix.rows, [&](const MatrixRow& one) { return one.scenario == row.scenario && one.defect == row.defect; });
    return same != matrix.rows.end() ? same->chance : ByChance{};
  }

  void put(const MatrixRow& row) const {
    if (folder_.empty()) return;
    const FolderLock alone(folder_);
    DetectionMatrix matrix = read();
    matrix.put(row);
    write_file(folder_ / "detection-matrix.json", matrix_to_json(matrix));
    write_file(folder_ / "detection-matrix.md", matrix_to_markdown(matrix));
  }

 private:
  DetectionMatrix read() const {
    if (folder_.empty()) return {};
    std::ifstream file(folder_ / "detection-matrix.json", std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return text.empty() ? DetectionMatrix{} : matrix_from_json(text);
  }

  std::filesystem::path folder_;
};

TEST(Matrix, IsMeasured) {
  const std::string wanted = wish("EXITPROOF_MATRIX");
  if (wanted.empty()) GTEST_SKIP() << "EXITPROOF_MATRIX=all|windows|SCENARIO[/DEFECT]";
  WorkerPool pool(testing::built_workers(1));
  const Written written(wish("EXITPROOF_MATRIX_WRITE"));
  std::size_t measured = 0;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Defect& defect : manifest.defects) {
      if (!is_wanted(wanted, manifest, defect)) continue;
      const FaultKinds& faults = defect.faults ? *defect.faults : manifest.faults;
      MatrixRow row = matrix_row(manifest, defect);
      row.search = detect(pool, defect, faults, by_search());
      const DetectionLimits limits = by_chance(row);
      row.chance = limits.runs == 0 ? written.chance_of(row) : detect_naively(pool, defect, faults, limits);
      written.put(row);
      ++measured;
      EXPECT_TRUE(row.search.found) << row.scenario << ' ' << row.defect;
      fmt::print("{} {}: {}{} runs, {:.1f} s; by chance {} of {}; gain {:.1f}; {}\n", row.scenario, row.defect,
                 row.search.found ? "" : "> ", row.search.runs, static_cast<double>(row.search.took.count()) / 1'000,
                 row.chance.hits, row.chance.runs, row.gain(), row.search.plan);
      std::fflush(stdout);
    }
  }
  EXPECT_GT(measured, 0U) << wanted;
}

}  // namespace
}  // namespace exitproof
