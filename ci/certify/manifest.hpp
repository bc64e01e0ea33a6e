#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ci/certify/level.hpp"
#include "exitproof/enumerate.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/target.hpp"
#include "exitproof/wait_status.hpp"

namespace exitproof {

/// Letters of a scenario's name; of a GoogleTest binary's, with that of the test. Files are named by it, with more.
inline constexpr std::size_t longest_scenario_name = 200;

/// A manifest cannot be obeyed: "exitproof.toml:LINE:COLUMN: expected WHAT, found WHAT".
class ManifestError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something that a person lets pass, and why. Either a file that may be left, or findings that may be made.
struct Allowance {
  std::string file = {};       ///< glob of files that may be left or missing: they are no finding
  std::string invariant = {};  ///< else of findings: their invariant
  std::string subject = {};    ///< a glob for what was left; empty: anything
  std::string command = {};    ///< of the process concerned; empty: any
  std::string fault = {};      ///< its kind; empty: any
  std::string reason;          ///< never empty

  bool covers(const Finding& finding) const;
  bool operator==(const Allowance&) const = default;
};

/// A text of a manifest of which it must be asked later whether it is right.
struct PlacedText {
  std::string text;
  std::string place;  ///< "LINE:COLUMN"
};

/// One scenario of a manifest.
struct ManifestScenario {
  std::string name;
  Scenario scenario;
  bool world_is_open = true;  ///< the choice of the world is left to us
  Level level;
  FaultKinds faults = default_fault_kinds();
  bool faults_by_default = true;
  Target target = {};
  bool seeded = false;
  Millis time{600'000};      ///< for its trials and replays
  std::uint64_t trials = 0;  ///< at most; 0: as many as the level asks for
  std::vector<Allowance> allowances;
  std::vector<WaitStatus> ends;   ///< how its fault-free runs may end; empty: as is usual (FaultFreeEnd)
  std::vector<PlacedText> files;  ///< that it needs, as they are written; globs
  PlacedText directory;           ///< as it is written
  std::string command_place;      ///< of the text that names its program
  std::string stdin_place;        ///< of the text that names its standard input
  std::string gtest;              ///< a GoogleTest binary, of which expand_tests() makes a scenario for each test
  std::string gtest_place;
  std::string filter;
  /// What was said of it, by the settings' names: equal for two manifests that say the same.
  std::map<std::string, std::vector<std::string>, std::less<>> said;

  /// The options of `exitproof replay` that say the same.
  std::vector<std::string> options() const;
  /// What the search is asked for.
  SearchOptions search(std::uint64_t seed) const;
};

/// What a release claims: exitproof.toml.
struct ReleaseManifest {
  std::filesystem::path path;  ///< empty: it is no file
  std::string text;
  std::string library;
  std::string version;
  std::vector<PlacedText> artefacts;  ///< globs, below the manifest's folder
  std::uint64_t seed = 1;
  std::vector<ManifestScenario> scenarios;  ///< with distinct names; not empty

  /// Against which relative paths of the manifest are meant; absolute.
  std::filesystem::path folder() const;
};

/// Reads a manifest; asks nothing of the machine but the working directory and the environment. Throws ManifestError.
ReleaseManifest parse_release_manifest(std::string text, const std::filesystem::path& path);

/// The same of a file.
ReleaseManifest read_release_manifest(const std::filesystem::path& path);

}  // namespace exitproof
