#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ci/certify/certificate.hpp"
#include "ci/report/certification.hpp"

namespace exitproof::cli {

inline constexpr const char* usual_results = "exitproof-results";

/// The folder of `certify --out DIR`: certificate.json, trials.jsonl, results/SCENARIO.json and the reports.
class CertificationFiles {
 public:
  /// Asks whether the folder can be written, and makes nothing yet: who interrupts us finds nothing left. Throws
  /// UsageError.
  explicit CertificationFiles(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }

  /// A certificate of an earlier time must not outlast a refusal. Throws std::system_error.
  void remove_certificate() const;

  /// Each file appears whole or not at all. Throws std::system_error.
  void write_results(const Certification& certification, const std::string& trials) const;
  void write_certificate(const std::string& certificate) const;

 private:
  void write(const std::filesystem::path& name, const std::string& text) const;

  std::filesystem::path folder_;
};

/// What the reports are made of.
Certification certification_of(const ReleaseManifest& manifest, const std::vector<ScenarioOutcome>& outcomes,
                               const ReportContext& context);

}  // namespace exitproof::cli
