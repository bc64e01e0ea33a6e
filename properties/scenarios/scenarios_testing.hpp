#pragma once

#include <vector>

#include "exitproof/worker_pool.hpp"
#include "properties/scenarios/manifest.hpp"

namespace exitproof::testing {

/// The manifests of all scenarios; the working directory must be the build folder.
const std::vector<Manifest>& all_manifests();

/// Runs trials in workers of the built command.
WorkerPoolOptions built_workers(unsigned workers);

/// $EXITPROOF_TEST_TIME, or real: the tests that make sense in both are run in both.
TimeMode time_under_test();

/// For GoogleTest, which takes letters, digits and underscores only.
std::string test_name(const std::string& scenario, const std::string& name);

}  // namespace exitproof::testing
