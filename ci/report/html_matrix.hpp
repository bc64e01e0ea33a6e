#pragma once

#include <functional>
#include <string>

#include "ci/report/conclusion.hpp"

namespace exitproof {

/// The id that a finding has in the page.
using FindingId = std::function<std::string(const Finding*)>;

/// A table of the scenario: a row for each invariant, a column for the fault-free runs and for each kind of fault, and
/// in a cell what became of that claim under that kind. A violation leads to its first finding.
std::string html_matrix(const ScenarioReport& scenario, const FindingId& id_of);

/// What the signs in its cells mean, as a list.
std::string html_matrix_legend();

}  // namespace exitproof
