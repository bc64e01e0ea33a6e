#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ci/certify/manifest.hpp"
#include "ci/certify/provenance.hpp"
#include "ci/cli/interrupts.hpp"
#include "exitproof/trial_service.hpp"

namespace exitproof::cli {

inline constexpr const char* usual_manifest = "exitproof.toml";

/// Reads the manifest, with a scenario for each test of its GoogleTest binaries, and asks whether all that it names is
/// there. Throws UsageError.
ReleaseManifest usable_manifest(const std::string& path);

/// provenance_of(), of files that may have gone meanwhile. Throws UsageError then.
Provenance usable_provenance(const ReleaseManifest& manifest, const std::string& tool, FileDigests& digests);

/// What runs the trials of one scenario of a manifest: the one place where certify and verify make it. The scenario
/// gets the world that this machine can make. `jobs` is the option's text. Throws UsageError and CannotTry.
std::unique_ptr<TrialService> service_for(ManifestScenario& scenario, const std::string& jobs,
                                          const Interrupts& interrupts);

}  // namespace exitproof::cli
