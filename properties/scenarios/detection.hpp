#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "exitproof/campaign.hpp"
#include "properties/scenarios/manifest.hpp"

namespace exitproof {

/// How a defect was found.
struct Detection {
  bool found = false;
  std::uint64_t runs = 0;  ///< of the subject, until it was found or given up; a survey's runs are counted
  Millis took{0};
  FaultPlan plan;                ///< that showed it
  std::set<std::string> others;  ///< other invariants that were violated on the way
};

struct DetectionLimits {
  std::uint64_t runs = 2'000;
  Millis time{60'000};
  std::uint64_t seed = 1;
};

/// Searches for the defect as `exitproof run` does, with second faults where the manifest says that it takes two,
/// until its invariant is violated.
Detection detect(TrialService& service, const Defect& defect, const FaultKinds& faults, const DetectionLimits& limits);

/// The naive way, with the same invariants and the same baseline: SIGKILL, SIGINT or SIGTERM to the root at a moment
/// drawn uniformly from the time that a fault-free run takes. Its surveys are not counted.
Detection detect_naively(TrialService& service, const Defect& defect, const DetectionLimits& limits);

}  // namespace exitproof
