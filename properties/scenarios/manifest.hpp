#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/enumerate.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// A program that is right: nothing may be found in it.
struct Reference {
  std::string name;
  Scenario scenario;
};

/// A program with one deliberate mistake.
struct Defect {
  std::string name;
  std::string mistake;    ///< in words
  std::string invariant;  ///< that finds it
  FaultPlan plan;         ///< that shows it
  bool window = false;    ///< wrong only in a few calls' width
  bool seconds = false;   ///< only plans of two faults show it
  struct Also {
    std::string invariant;  ///< that rightly finds it too
    std::string reason;
    bool operator==(const Also&) const = default;
  };
  std::vector<Also> also;
  /// Those that tell it from the reference, where its contract asks for more than the reference promises under others.
  std::optional<FaultKinds> faults = {};
  Scenario scenario;
};

/// What is true of a real program, by its documentation or its bug tracker.
struct Fact {
  FaultPlan plan;
  std::string invariant;
  bool found = true;  ///< whether the plan shows a violation of it
  std::string since;  ///< first version of which it is true, "3.13"; empty: all
  std::string until;  ///< first version of which it is not any more; empty: all
  std::string reason;
};

struct RealProgram {
  std::string name;
  std::vector<Fact> facts;
  Scenario scenario;
};

/// What a folder of scenarios/ says of itself in its scenario.toml.
struct Manifest {
  std::string name;
  FaultKinds faults;  ///< under which the references hold
  std::vector<Reference> references;
  std::vector<Defect> defects;
  std::vector<RealProgram> reals;
};

/// Where manifests find what they name.
struct ManifestPlaces {
  std::filesystem::path folder;     ///< what {folder} stands for
  std::filesystem::path programs;   ///< built programs, looked for before PATH; absolute
  std::filesystem::path work_here;  ///< the scenarios' working directory
};

/// Reads a manifest. Throws std::runtime_error with the line of a mistake.
Manifest parse_manifest(std::string_view text, const ManifestPlaces& places);

/// Reads FOLDER/scenario.toml. Throws std::runtime_error that names the file.
Manifest read_manifest(const ManifestPlaces& places);

/// Those of the folders below `scenarios` that have a scenario.toml, sorted by name.
std::vector<std::filesystem::path> scenario_folders(const std::filesystem::path& scenarios);

}  // namespace exitproof
