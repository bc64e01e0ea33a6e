#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/catalog.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/gtest/scenario.hpp"
#include "exitproof/invariant.hpp"

namespace exitproof::gtest {

/// One trial, looked at closely, and what it is judged by. For the matchers of matchers.hpp, and for one's own eyes.
struct Trial {
  FaultPlan plan;
  Evidence evidence;
  Contract contract;
  Baseline baseline;
  Judgement judgement;                      ///< by all invariants, those of the scenario too
  std::vector<std::string> own_invariants;  ///< the names of the scenario's
  std::string replay;                       ///< the line that runs it again; empty: the test itself does
  std::string cannot_try;  ///< why this machine cannot; the test is skipped then, and all else is empty

  bool brief = false;  ///< matchers leave the timeline to who made the trial

  bool exercised() const { return cannot_try.empty() && !evidence.harness_error && evidence.all_faults_fired(); }
};

/// "trial of kill@0:write:2: violated".
void PrintTo(const Trial& trial, std::ostream* os);  // NOLINT(readability-identifier-naming): GoogleTest's

/// A scenario with its fault-free runs made, for many trials of it. In the thread that runs the test.
class Surveyed {
 public:
  /// Blocks for the fault-free runs. A machine that cannot try it makes the running test a skipped one. Throws
  /// std::runtime_error for a scenario that says nonsense, or cannot be run.
  explicit Surveyed(const Scenario& scenario, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  ~Surveyed();
  Surveyed(Surveyed&&) noexcept;
  Surveyed& operator=(Surveyed&&) noexcept;

  /// Why this machine cannot try it; empty: it can.
  const std::string& cannot_try() const { return cannot_try_; }
  /// The points at which it can be struck. Not on a machine that cannot try it.
  const Catalog& catalog() const;

  /// Runs the plan; `none` for no fault. Throws ParseError for a text that is no plan, std::runtime_error when the
  /// harness fails.
  Trial trial(std::string_view plan);
  Trial trial(const FaultPlan& plan);

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;  ///< null where it cannot be tried
  std::string cannot_try_;
};

/// One trial of a scenario, its fault-free runs first: `EXPECT_THAT(trial(writer, "kill@0:write:2"), Fires());`.
Trial trial(const Scenario& scenario, std::string_view plan, const char* file = __builtin_FILE(),
            int line = __builtin_LINE());

}  // namespace exitproof::gtest
