#pragma once

#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

/// Workflow commands of GitHub Actions, whole lines for standard output: a group for each scenario that has something
/// to say; in it an `::error` for each finding (`::warning` for a flaky one) at the source line of the struck call
/// where that is known, and an `::error` for what failed in the harness. Empty when there is nothing to say.
std::string certification_to_github_annotations(const Certification& certification);

}  // namespace exitproof
