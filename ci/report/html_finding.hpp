#pragma once

#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

struct FindingPlace {
  std::string id;        ///< in the page: letters, digits and hyphens
  bool in_full = true;   ///< with its picture and its timeline
  bool sisters = false;  ///< there are other scenarios: its own is named
};

/// A finding as an article: what was violated, the line that replays it, the picture of its process tree, the stack of
/// the struck call, and the timeline, folded.
std::string html_finding(const ScenarioReport& scenario, const Finding& finding, const FindingPlace& place);

}  // namespace exitproof
