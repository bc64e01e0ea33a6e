#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/scenario.hpp"
#include "properties/scenarios/manifest.hpp"

namespace exitproof {

/// A program's version, "5.2.15". Missing numbers are zeros: 3.9 is 3.9.0.
struct ProgramVersion {
  std::vector<unsigned> numbers;

  /// The first word of a text that begins with two numbers and a point between: "GNU bash, version 5.2.15(1)-release"
  /// has 5.2.15. Nothing: there is none.
  static std::optional<ProgramVersion> in(std::string_view text);
  std::string print() const;
};

std::strong_ordering operator<=>(const ProgramVersion& left, const ProgramVersion& right);
bool operator==(const ProgramVersion& left, const ProgramVersion& right);

/// What the first word of the scenario's command answers to `--version`, with the scenario's environment. Blocks until
/// the program has ended. Throws std::runtime_error that says which program has no version.
ProgramVersion version_found(const Scenario& scenario);

/// Whether the fact is said of that version.
bool applies_to(const Fact& fact, const ProgramVersion& version);

}  // namespace exitproof
