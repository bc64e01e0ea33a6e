#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"
#include "harness/trial/trial.hpp"

namespace exitproof::testing {

/// $EXITPROOF_TEST_WORLD, or overlay: the tests that make sense in both are run in both.
WorldKind world_under_test();

/// A scenario for `command`, whose first word may be a subject's name: with this process's environment,
/// in a temporary directory of the world, a grace of 300 ms and a timeout of 20 s.
Scenario scenario_of(std::vector<std::string> command);

/// Looks at everything.
TrialRequest rich_request(std::string_view plan = "none");
/// Looks at what the plan needs.
TrialRequest lean_request(std::string_view plan);

Evidence try_once(const Scenario& scenario, const TrialRequest& request);
Evidence try_once(std::vector<std::string> command, const TrialRequest& request);

/// All that `evidence` says, for a failed test's message.
std::string explain(const Evidence& evidence);

std::size_t count_events(const Evidence& evidence, EventKind kind);
const FileChange* find_file(const Evidence& evidence, std::string_view path);

}  // namespace exitproof::testing
