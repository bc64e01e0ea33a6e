#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "exitproof/campaign.hpp"
#include "properties/scenarios/manifest.hpp"

namespace exitproof {

/// How a defect was found by the search.
struct Detection {
  bool found = false;
  std::uint64_t runs = 0;  ///< of the subject, until it was found or given up; a survey's runs are counted
  Millis took{0};
  std::string plan;              ///< that showed it; empty: none did
  std::set<std::string> others;  ///< other invariants that were violated on the way
  bool operator==(const Detection&) const = default;
};

/// How often faults at random moments showed a defect.
struct ByChance {
  std::uint64_t runs = 0;  ///< of the subject; no survey is counted
  std::uint64_t hits = 0;  ///< how many showed it
  Millis took{0};
  bool operator==(const ByChance&) const = default;

  /// Runs until one shows it, in the mean; where none did, a bound from below.
  double runs_to_hit() const { return static_cast<double>(runs) / static_cast<double>(hits == 0 ? 1 : hits); }
};

struct DetectionLimits {
  std::uint64_t runs = 2'000;
  Millis time{300'000};
  std::uint64_t hits = 1;  ///< enough, for the naive way
  std::uint64_t seed = 1;
};

/// Searches for the defect as `exitproof run` does, with second faults and random plans where the manifest says that it
/// takes two, until its invariant is violated.
Detection detect(TrialService& service, const Defect& defect, const FaultKinds& faults, const DetectionLimits& limits);

/// The naive way, with the same invariants and the same baseline: SIGKILL, SIGINT or SIGTERM to the root at a moment
/// drawn uniformly from the time that a fault-free run takes, until it has shown the defect so many times. Throws
/// std::runtime_error where there is no survey.
ByChance detect_naively(TrialService& service, const Defect& defect, const FaultKinds& faults,
                        const DetectionLimits& limits);

}  // namespace exitproof
