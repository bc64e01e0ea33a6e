#pragma once

#include <map>
#include <string>
#include <vector>

#include "ci/report/report_context.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// One scenario that was tried, with everything that a report says of it.
struct ScenarioReport {
  std::string name;   ///< distinct among its sisters
  std::string level;  ///< "smoke", "exhaustive", "exhaustive+second", "random:N"; empty outside a certification
  ReportContext context;
  CampaignResult result;
  /// What findings are shown by, under the names that CampaignListener::keep was given. One that nothing was kept of
  /// has no entry.
  std::map<std::string, Evidence> evidence = {};
  FaultKinds faults = {};               ///< that were asked for: one that never struck is said to, and is no pass
  std::vector<std::string> lacks = {};  ///< what there is no certificate for, each in one sentence, besides findings
};

/// What the formats for pipelines and people (JUnit, SARIF, HTML, annotations) report of: the scenarios of a library's
/// manifest, or the only one of `exitproof run`, which has neither a library nor a version.
struct Certification {
  std::string library;
  std::string version;
  std::vector<ScenarioReport> scenarios;  ///< in the order of the manifest
  std::vector<std::string> lacks = {};    ///< of all scenarios together, as ScenarioReport's
};

/// All that there is no certificate for besides findings, each in one sentence with its scenario; empty: nothing.
std::vector<std::string> all_lacks(const Certification& certification);

/// The evidence that a finding of the scenario is shown by; null when none was kept.
const Evidence* evidence_of(const ScenarioReport& scenario, const Finding& finding);

}  // namespace exitproof
