#include "properties/scenarios/matrix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "exitproof/detection_matrix.hpp"
#include "properties/scenarios/scenarios_testing.hpp"

namespace exitproof {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MatrixRow row(const std::string& defect, std::uint64_t runs, ByChance chance) {
  MatrixRow row;
  row.scenario = "shop";
  row.defect = defect;
  row.invariant = "no-orphans";
  row.window = true;
  row.search = {
      .found = true, .runs = runs, .took = Millis{1'500}, .plan = "kill@0:fork:1", .others = {"no-leftovers"}};
  row.chance = chance;
  return row;
}

DetectionMatrix sample() {
  DetectionMatrix matrix;
  matrix.put(row("leaves", 10, {.runs = 300, .hits = 0, .took = Millis{9'000}}));
  matrix.put(row("stays", 40, {.runs = 20, .hits = 5, .took = Millis{900}}));
  matrix.rows.back().also.push_back({.invariant = "no-hang", .reason = "it waits"});
  return matrix;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(DetectionMatrix, ReadsBackWhatItWrites) {
  EXPECT_EQ(matrix_from_json(matrix_to_json(sample())), sample());
  EXPECT_THROW(matrix_from_json("{}"), std::runtime_error);
  EXPECT_THROW(matrix_from_json(R"({"schema":"exitproof/result/1"})"), std::runtime_error);
  EXPECT_THROW(matrix_from_json(""), std::runtime_error);
}

TEST(DetectionMatrix, ComparesRunsWithChance) {
  const DetectionMatrix matrix = sample();
  EXPECT_DOUBLE_EQ(matrix.rows[0].gain(), 30);
  EXPECT_DOUBLE_EQ(matrix.rows[1].gain(), 0.1);
  EXPECT_DOUBLE_EQ(matrix.median_gain_of_windows(), 0.1) << "of two the smaller";
}

TEST(DetectionMatrix, PutsARowWhereItBelongs) {
  DetectionMatrix matrix = sample();
  matrix.put(row("leaves", 7, {}));
  ASSERT_EQ(matrix.rows.size(), 2U);
  EXPECT_EQ(matrix.rows.front().search.runs, 7U);
  MatrixRow other = row("first", 1, {});
  other.scenario = "attic";
  matrix.put(other);
  EXPECT_EQ(matrix.rows.front().scenario, "attic");
}

TEST(DetectionMatrix, SaysWhereChanceIsSooner) {
  const std::string page = matrix_to_markdown(sample());
  EXPECT_THAT(page, HasSubstr("| shop | leaves *(window)* | 10 | 1.5 | > 300 | 9.0 | > 30.0 | `kill@0:fork:1` |\n"));
  EXPECT_THAT(page, HasSubstr("- shop, stays: no-hang too, since it waits.\n"));
  EXPECT_THAT(page, HasSubstr("- shop, stays: 40 runs, 4 by chance.\n"));
  EXPECT_THAT(page, Not(HasSubstr("- shop, leaves: 10 runs")));
}

class CommittedMatrix : public ::testing::Test {
 protected:
  std::filesystem::path folder_ = std::filesystem::path(EXITPROOF_DOCS) / "reference";
  DetectionMatrix matrix_ = matrix_from_json(content_of(folder_ / "detection-matrix.json"));
};

TEST_F(CommittedMatrix, IsOfTheDefectsThatThereAre) {
  std::size_t defects = 0;
  for (const Manifest& manifest : testing::all_manifests()) {
    for (const Defect& defect : manifest.defects) {
      ++defects;
      MatrixRow expected = matrix_row(manifest, defect);
      const auto found = std::ranges::find_if(matrix_.rows, [&](const MatrixRow& one) {
        return one.scenario == manifest.name && one.defect == defect.name;
      });
      ASSERT_NE(found, matrix_.rows.end()) << manifest.name << ' ' << defect.name << " is not measured";
      expected.search = found->search;
      expected.chance = found->chance;
      EXPECT_EQ(*found, expected) << manifest.name << ' ' << defect.name << " has changed since";
      EXPECT_TRUE(found->search.found) << manifest.name << ' ' << defect.name;
    }
  }
  EXPECT_EQ(matrix_.rows.size(), defects);
}

TEST_F(CommittedMatrix, KeepsItsPromises) {
  std::size_t found_twice = 0;
  for (const MatrixRow& one : matrix_.rows) {
    if (!one.also.empty()) ++found_twice;
    EXPECT_TRUE(!one.window || one.chance.runs_to_hit() >= 50) << one.scenario << ' ' << one.defect << " is no window";
  }
  EXPECT_LE(found_twice, 5U) << "each defect has an invariant of its own";
  EXPECT_GE(matrix_.median_gain_of_windows(), 10.0);
  EXPECT_EQ(content_of(folder_ / "detection-matrix.md"), matrix_to_markdown(matrix_)) << "the page is another";
}

TEST(DetectionMatrixDigest, IsOfTheCommittedFile) {
  EXPECT_EQ(detection_matrix_digest().substr(0, 7), "sha256:");
  EXPECT_EQ(detection_matrix_digest().size(), 7U + 64U);
}

}  // namespace
}  // namespace exitproof
