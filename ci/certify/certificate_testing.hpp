#pragma once

#include <vector>

#include "ci/certify/certificate.hpp"

namespace exitproof::testing {

/// A manifest of two scenarios, one with an allowance, and what became of them, for tests and golden files.
struct SampleCertification {
  SampleCertification();
  std::string print() const;

  ReleaseManifest manifest;
  std::vector<ScenarioOutcome> outcomes;
  Provenance provenance;
};

}  // namespace exitproof::testing
