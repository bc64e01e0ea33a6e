#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ci/report/certification.hpp"

namespace exitproof {

/// An invariant as reports name it.
struct ReportedInvariant {
  std::string name;   ///< "no-orphans"
  std::string claim;  ///< what holds when it holds
  std::string help;   ///< what to do about a violation, in one or two sentences for the author of the subject
};

/// Every invariant of all_invariants(), in their order; then the programs' own (OwnInvariant) as far as the findings of
/// these scenarios tell of them: one that held leaves no trace in a result.
std::vector<ReportedInvariant> reported_invariants(std::span<const ScenarioReport> scenarios);

/// What to do about a violation of the invariant, be it one of ours or a program's own.
std::string_view invariant_help(std::string_view invariant);

}  // namespace exitproof
