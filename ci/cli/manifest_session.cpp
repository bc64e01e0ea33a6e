#include "ci/cli/manifest_session.hpp"

#include <fmt/format.h>

#include "ci/certify/files_at_hand.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "exitproof/worker_pool.hpp"

namespace exitproof::cli {

ReleaseManifest usable_manifest(const std::string& path) {
  try {
    ReleaseManifest manifest = read_release_manifest(path);
    require_files(manifest);
    expand_tests(manifest);
    return manifest;
  } catch (const ManifestError& error) {
    throw UsageError(error.what());
  }
}

Provenance usable_provenance(const ReleaseManifest& manifest, const std::string& tool, FileDigests& digests) {
  try {
    return provenance_of(manifest, tool, digests);
  } catch (const ManifestError& error) {
    throw UsageError(error.what());
  }
}

std::unique_ptr<TrialService> service_for(ManifestScenario& scenario, const std::string& jobs,
                                          const Interrupts& interrupts) {
  if (scenario.scenario.cpus > allowed_cpus()) {
    throw UsageError(fmt::format("scenario {}: cpus expects at most {} (the CPUs that may be used), and found {}",
                                 scenario.name, allowed_cpus(), scenario.scenario.cpus));
  }
  settle_world(scenario.world_is_open, scenario.scenario);
  const unsigned workers = worker_count(jobs, scenario.scenario);
  return std::make_unique<WorkerPool>(pool_options(workers, interrupts));
}

}  // namespace exitproof::cli
