#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include <rapidcheck.h>

#include "exitproof/catalog.hpp"
#include "exitproof/enumerate.hpp"

namespace exitproof {

struct GenerateOptions {
  EnumerateOptions faults;
  std::size_t most_faults = 3;  ///< in one plan; at least 1
};

/// Draws plans of one fault or several over the sites of a survey.
///
/// A plan first draws which kinds there are at all and which part of the tree is struck: a plan of few kinds goes
/// deeper than one in which every kind has its turn. Where it strikes is drawn with a bias to quiet moments and to
/// the calls by which processes and files come and go. Its faults are in the order of the survey; none is at a site of
/// a process that an earlier one kills, and few at one that an earlier one most likely ends.
class PlanGenerator {
 public:
  PlanGenerator(const Catalog& catalog, GenerateOptions options);

  /// Whether there is nothing to draw from.
  bool empty() const { return faults_.empty(); }

  /// The plan that a seed stands for, the same on every machine. Not when empty().
  FaultPlan draw(std::uint64_t seed) const;

  /// The same for properties. The generator must outlive it.
  rc::Gen<FaultPlan> plans() const;

 private:
  FaultPlan drawn() const;
  Target drawn_target() const;
  std::set<FaultKind> drawn_kinds() const;
  std::vector<std::size_t> drawn_faults(const Target& target, const std::set<FaultKind>& kinds) const;

  const Catalog& catalog_;
  std::size_t most_faults_;
  std::vector<PlacedFault> faults_;
  std::vector<std::size_t> weights_;  ///< of the faults
  std::vector<FaultKind> kinds_;      ///< those that occur
  std::vector<Target> targets_;       ///< those that cover some fault
};

}  // namespace exitproof
