#pragma once

#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

/// A SARIF 2.1.0 log (OASIS) of one run, for code scanning: a rule for each invariant, a result for each finding. A
/// result lies at the source line of the struck call where that is known, else at the process by name alone; its
/// fingerprint is the scenario and the signature, and its plan and the line that replays it are among its properties.
/// What failed in the harness or could not be checked is a notification. Flaky findings are warnings.
std::string certification_to_sarif(const Certification& certification);

}  // namespace exitproof
