#pragma once

#include <optional>
#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

/// A line of the subject's source.
struct SourcePlace {
  std::string file;  ///< as seen_from_scenario() names it
  int line = 0;
  std::string function;  ///< empty when unknown
};

/// Where a finding's last fault struck: of the frames of its stack the first whose source lies below the scenario's
/// working directory, else the first that is no library of the system. Nothing without a fault, and where no debug
/// information names a line of such a frame.
std::optional<SourcePlace> source_place(const ScenarioReport& scenario, const Finding& finding);

/// The path without `.` and `..`, relative to the scenario's working directory where it lies below it.
std::string seen_from_scenario(const ScenarioReport& scenario, const std::string& path);

/// The path as a URI: a relative reference for a relative one, else `file:///...` (RFC 3986, RFC 8089).
std::string uri_of(const std::string& path);

}  // namespace exitproof
