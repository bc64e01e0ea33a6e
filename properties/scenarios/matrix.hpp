#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "properties/scenarios/detection.hpp"
#include "properties/scenarios/manifest.hpp"

namespace exitproof {

/// One defect of the detection matrix.
struct MatrixRow {
  std::string scenario;
  std::string defect;
  std::string invariant;  ///< that finds it
  bool window = false;
  bool seconds = false;
  std::vector<Defect::Also> also;
  Detection search;
  ByChance chance;
  bool operator==(const MatrixRow&) const = default;

  /// How many times more runs chance takes; a bound from below where chance did not find it.
  double gain() const;
};

/// Which defect is found by which invariant, how soon, and how soon by chance.
struct DetectionMatrix {
  std::uint64_t seed = 1;
  std::vector<MatrixRow> rows;  ///< by scenario, and then as in the manifest
  bool operator==(const DetectionMatrix&) const = default;

  /// Puts the row in the place of the one of the same defect, or at the end of its scenario's.
  void put(MatrixRow row);
  /// Of the window defects; 0 when there is none.
  double median_gain_of_windows() const;
};

/// A row of which nothing was measured.
MatrixRow matrix_row(const Manifest& manifest, const Defect& defect);

/// One document, schema "exitproof/detection-matrix/1"; times in milliseconds.
std::string matrix_to_json(const DetectionMatrix& matrix);
/// Throws std::runtime_error for what is no such document.
DetectionMatrix matrix_from_json(std::string_view text);

/// The page of the documentation.
std::string matrix_to_markdown(const DetectionMatrix& matrix);

}  // namespace exitproof
