#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ci/report/certification.hpp"

namespace exitproof {

/// What a campaign shows as a whole, from the best to the one that speaks loudest.
enum class Conclusion : std::uint8_t {
  held,             ///< something was tried, and no finding came of it
  refused,          ///< no finding, and something that there is no certificate for; only of a certification
  nothing_tried,    ///< no trial was judged to hold
  cannot_be_tried,  ///< no fault-free run came to its end, a fault changed the machine for good, or there is no survey
  harness_failed,   ///< a trial failed in the harness, and there is no finding
  violated,
};

Conclusion conclusion_of(const CampaignResult& result);
/// That of the scenario that speaks loudest, or that there is no certificate. Without scenarios nothing was tried.
Conclusion conclusion_of(const Certification& certification);

/// What was tried of one kind of fault, and what came of it.
struct KindOutcome {
  FaultKind kind = FaultKind::none;  ///< `none`: the fault-free runs
  StruckCount struck;
  std::vector<const Finding*> findings;  ///< of this kind, in the order of the result
  /// `not_exercised`: nothing can be said of it, and `why` says so; `flaky`: no finding comes again every time.
  /// Never `harness_error`: those are of no kind.
  Verdict verdict = Verdict::held;
  std::string why;
};

/// The fault-free runs, then each kind that was asked for or tried, in the order of all_fault_kinds(). `enospc` stands
/// for the full disk too unless that was asked for by itself. The findings lie in the scenario's result.
std::vector<KindOutcome> kind_outcomes(const ScenarioReport& scenario);

/// "fault-free" for FaultKind::none, else its name.
std::string_view kind_title(FaultKind kind);

}  // namespace exitproof
