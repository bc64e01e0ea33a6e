#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ci/certify/certificate.hpp"
#include "ci/cli/certification_files.hpp"
#include "ci/cli/exit_status.hpp"
#include "ci/cli/output.hpp"

namespace exitproof::cli {

/// All scenarios have been tried: what certify and merge make of it.
struct CertificationEnd {
  const ReleaseManifest& manifest;
  std::vector<ScenarioOutcome>& outcomes;  ///< of all its scenarios; gets what was not asked of the whole release
  const Provenance& provenance;            ///< with the programs
  const ReportContext& context;
  bool chosen = false;                 ///< these are not all scenarios that the release has
  std::optional<std::string> changed;  ///< what is not as it was when it was tried
  bool annotates = false;
  std::optional<CertificateTimes> times;
};

/// Writes the certificate, or says why there is none, and takes away one of an earlier time; writes the reports and
/// results in either case. Throws std::system_error.
ExitStatus end_certification(const CertificationEnd& end, const CertificationFiles& files, Output& output);

/// What there is no certificate for; empty: it is for all.
std::string describe_refusal(const ReleaseManifest& manifest, const std::vector<ScenarioOutcome>& outcomes,
                             const ReportContext& context, const Paint& paint);

/// What the try of a part of the scenario's trials calls for: what the others show is for merge to say.
ExitStatus status_of_shard(const ScenarioOutcome& outcome);

/// That which speaks loudest.
ExitStatus loudest(const std::vector<ScenarioOutcome>& outcomes, ExitStatus (*status_of)(const ScenarioOutcome&));

}  // namespace exitproof::cli
