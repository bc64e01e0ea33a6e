#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ci/certify/outcome.hpp"
#include "ci/certify/provenance.hpp"

namespace exitproof {

/// A certificate is an in-toto Statement (https://in-toto.io/Statement/v1) about the artefacts of a release, with this
/// predicate. certificate.schema.json beside this file is its JSON Schema; the predicate's URI changes when a reader
/// of the old one would go wrong.
inline constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view certificate_type = "https://exitproof.dev/certificate/v1";

/// The only place where a certificate tells of time.
struct CertificateTimes {
  std::string began;  ///< "2026-11-21T20:20:08Z"
  std::string ended;
};

/// What a certificate is made of, besides the outcomes.
struct CertificateParts {
  const ReleaseManifest& manifest;
  const std::vector<ScenarioOutcome>& outcomes;  ///< all of them may be certified
  const Provenance& provenance;                  ///< of the same scenarios
  std::string trials;                            ///< the list of trials, of which the digest is kept
  std::optional<CertificateTimes> times;
};

/// The name of the list of trials, beside the certificate: JSON documents of TrialLine, one a line.
inline constexpr std::string_view trials_file_name = "trials.jsonl";
std::string print_trials(const std::vector<ScenarioOutcome>& outcomes);

/// Indented, with a final newline; byte for byte the same for the same parts. It has a sum of each of its members.
std::string print_certificate(const CertificateParts& parts);

/// The sum of each member of a certificate, by its name: "subject" and the predicate's, but for the sums themselves.
/// SHA-256 of the member as JSON without spaces, its keys sorted.
nlohmann::json certificate_sums(const nlohmann::json& statement);

/// What a scenario of a manifest asks and promises, whatever the machine; a certificate keeps it and its digest. Two
/// that are equal are tried alike.
nlohmann::json asked_of(const ManifestScenario& scenario);
/// Of two of these, the members in which they differ: "settings, level"; empty: they are equal.
std::string parts_that_differ(const nlohmann::json& one, const nlohmann::json& other);
std::string digest_of_json(const nlohmann::json& document);

}  // namespace exitproof
