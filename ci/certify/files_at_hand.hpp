#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ci/certify/manifest.hpp"

namespace exitproof {

/// A file with the name by which a manifest or a certificate knows it.
struct NamedFile {
  std::string name;  ///< relative to the manifest's folder where it lies below it
  std::filesystem::path path;
  bool operator==(const NamedFile&) const = default;
};

/// The regular files that the globs (glob(7)) of a manifest name, sorted, without repetition. Throws ManifestError for
/// a glob that names none.
std::vector<NamedFile> files_of(const ReleaseManifest& manifest, const std::vector<PlacedText>& globs);

/// The program of the scenario's command: a name is looked up in the PATH of its own environment. Nothing for one that
/// cannot be executed.
std::optional<std::filesystem::path> program_of(const Scenario& scenario);

/// Asks whether everything that the manifest names is there: artefacts, files, programs, what is to be read as standard
/// input.
/// Throws ManifestError with the place of what is not.
void require_files(const ReleaseManifest& manifest);

/// Puts a scenario for each test that a GoogleTest binary lists in the place of the one that names the binary. Runs
/// the binaries with --gtest_list_tests. Throws ManifestError where that fails or no test is left.
void expand_tests(ReleaseManifest& manifest);

/// Leaves only the scenarios of these names, "SCENARIO" or, of a GoogleTest binary, "SCENARIO/TEST", as expand_tests()
/// makes them; runs nothing.
void keep_scenarios(ReleaseManifest& manifest, const std::vector<std::string>& names);

/// The tests of what --gtest_list_tests printed, "Suite.Test", without those that are DISABLED_.
std::vector<std::string> listed_tests(const std::string& text);

}  // namespace exitproof
