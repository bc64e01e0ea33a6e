#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ci/certify/machine_versions.hpp"
#include "ci/certify/manifest.hpp"
#include "exitproof/survey.hpp"

namespace exitproof {

struct DigestedFile {
  std::string name;
  std::string sha256;
  bool operator==(const DigestedFile&) const = default;
};

/// What a scenario was tried with.
struct ScenarioProvenance {
  std::string name;
  std::vector<DigestedFile> files;     ///< that it needs
  std::vector<RunProgram> programs;    ///< that its fault-free runs were seen to run
  std::vector<std::string> used = {};  ///< artefacts that they executed or read, by their names
};

/// What a certificate is about, and what it was made with.
struct Provenance {
  std::string tool;         ///< "exitproof 0.1.0"
  std::string tool_digest;  ///< of the program's file
  std::string kernel;
  std::string architecture;
  std::string libc;
  std::vector<DigestedFile> artefacts;
  std::vector<ScenarioProvenance> scenarios;  ///< in the order of the manifest
};

/// Of this machine and of the files as they are now, or as these digests have them already; without what the
/// fault-free runs show. Throws std::system_error, and ManifestError when a file has gone.
Provenance provenance_of(const ReleaseManifest& manifest, const std::string& tool, FileDigests& digests);

/// Adds to a scenario's what its fault-free runs show: programs, and which of the artefacts they used.
void add_what_runs_show(const Survey& survey, const ReleaseManifest& manifest,
                        const std::vector<DigestedFile>& artefacts, FileDigests& digests, ScenarioProvenance& scenario);

/// The artefacts that no scenario's fault-free runs executed or read, by their names.
std::vector<std::string> unused_artefacts(const Provenance& provenance);

/// The first thing that is not the same in both, "artefact work.sh", "kernel: Linux 6.1 and Linux 6.18"; nothing: all
/// is. A program that was seen in one of them alone is no difference.
std::optional<std::string> first_difference(const Provenance& one, const Provenance& other);

}  // namespace exitproof
