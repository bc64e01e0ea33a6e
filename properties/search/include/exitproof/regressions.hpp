#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exitproof/fault.hpp"
#include "exitproof/finding.hpp"

namespace exitproof {

/// A plan that failed once, kept to be tried first from then on.
struct Regression {
  FaultPlan plan;
  std::string invariant = {};  ///< what it violated
  std::string command = {};    ///< of the process concerned
  std::string subject = {};    ///< what was left: file pattern, command, handler
  std::string reason = {};     ///< for people
  bool operator==(const Regression&) const = default;
};

/// What became of a regression.
enum class RegressionState : std::uint8_t {
  untried,          ///< there was no time for it
  fails,            ///< it shows the same as ever
  fails_otherwise,  ///< it shows something else
  holds,
  gone,  ///< its fault does not fire any more: the program has changed, and the plan no longer applies
};

std::string_view regression_state_name(RegressionState state);

struct RegressionOutcome {
  Regression regression;
  RegressionState state = RegressionState::untried;
  std::string why = {};  ///< for `gone`: what was waited for in vain
  bool operator==(const RegressionOutcome&) const = default;
};

/// Reads a regressions file. It is TOML, to be read, reviewed and committed by people:
///
///     [[regression]]
///     plan = "kill@0:rename:1"
///     invariant = "no-leftovers"
///     command = "report"
///     subject = "/tmp/report-*.tmp"
///     reason = "/tmp/report-1.tmp is left after report (0) was ended by SIGKILL"
///
/// Only `plan` must be there. Throws std::runtime_error with the line of a mistake.
std::vector<Regression> parse_regressions(std::string_view text);

/// One of its tables, as parse_regressions() reads it.
std::string print_regression(const Regression& regression);

/// What is to be kept of a finding.
Regression regression_of(const Finding& finding);

}  // namespace exitproof
