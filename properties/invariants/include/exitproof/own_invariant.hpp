#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/violation.hpp"

namespace exitproof {

/// A claim of one program alone, judged beside those of all_invariants(): its violations are findings as any other,
/// and what fault-free runs violate already is reported once.
///
///     class KeepsItsLog : public exitproof::OwnInvariant {
///      public:
///       std::string name() const override { return "keeps-its-log"; }
///       Opinion judge(const Evidence& evidence, const Contract&, const Baseline&) const override {
///         Opinion opinion;
///         if (evidence.err.head.empty()) opinion.violations.push_back(own_violation("stderr", "it says nothing"));
///         return opinion;
///       }
///     };
class OwnInvariant {
 public:
  virtual ~OwnInvariant() = default;
  OwnInvariant() = default;
  OwnInvariant(const OwnInvariant&) = delete;
  OwnInvariant& operator=(const OwnInvariant&) = delete;

  /// As findings print it, "keeps-its-log"; no name of all_invariants().
  virtual std::string name() const = 0;

  /// Pure: no system call, no clock, the same opinion for the same evidence. Its violations and notes get name() as
  /// their invariant. A reason under `skipped` says that it could not be judged. Not called for evidence with a
  /// harness error or a fault that did not fire. What it throws ends the campaign.
  virtual Opinion judge(const Evidence& evidence, const Contract& contract, const Baseline& baseline) const = 0;
};

using OwnInvariants = std::vector<std::shared_ptr<const OwnInvariant>>;

/// A violation of an own invariant: what it is about ("stderr", a file, a handler: findings are told apart by it), and
/// one sentence.
Violation own_violation(std::string subject, std::string detail);

}  // namespace exitproof
