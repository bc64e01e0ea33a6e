#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ci/certify/machine_versions.hpp"
#include "ci/certify/outcome.hpp"

namespace exitproof {

/// One thing that was looked at, and what was seen.
struct Checked {
  enum class State : std::uint8_t {
    good,
    wrong,
    other,     ///< another than was certified, and no mistake by itself: a program of the system, a file that is new
    not_here,  ///< what it is to be compared with is not at hand
  };
  State state = State::good;
  std::string what;  ///< "artefact build/x: not the file that was certified", for people
  bool operator==(const Checked&) const = default;
};

/// With what a certificate is compared.
struct FilesAtHand {
  std::filesystem::path folder;  ///< below which artefacts and files have their names
  std::optional<std::filesystem::path>
      manifest;                        ///< nothing: the one that the certificate names, if it is in the folder
  std::filesystem::path trials;        ///< the list of trials
  std::filesystem::path system = "/";  ///< below which programs outside the folder lie
};

struct CheckedCertificate {
  std::vector<Checked> checks;
  /// Of a certificate that is whole in itself.
  std::uint64_t seed = 0;
  std::vector<TrialLine> trials;          ///< empty when the list is not here, or another
  std::filesystem::path manifest;         ///< empty when it is not here, or another
  std::set<std::string> program_digests;  ///< SHA-256 of the programs that its trials ran

  bool any(Checked::State state) const;
  /// Whether an artefact was compared: without one nothing is said of any file.
  bool compared_artefact = false;
};

/// Checks the certificate itself (shape and sums; where one is wrong nothing else is looked at), then the files at
/// hand against its digests (artefacts, files, programs that ran; one of the system, below /usr, /bin, /sbin or /lib*,
/// may be another on another machine), then the manifest, each contract, and whether its globs name more by now. A manifest that was asked for and cannot be read is a
/// ManifestError.
CheckedCertificate check_certificate(std::string_view text, const FilesAtHand& files);

/// Each `percent` of a hundred of these, rounded up, at least one, drawn by the seed; in their order.
std::vector<TrialLine> sample_trials(const std::vector<TrialLine>& trials, double percent, std::uint64_t seed);

/// Those of these programs that are none of the certified ones, by their paths.
std::vector<std::string> other_programs(const std::vector<RunProgram>& ran, const std::set<std::string>& certified);

/// What is not as it was when trials of one scenario were made again, one sentence each; empty: all is the same. Each
/// trial has the same place in both lists.
std::vector<std::string> differences(const std::vector<TrialLine>& before, const std::vector<TrialLine>& again);

}  // namespace exitproof
