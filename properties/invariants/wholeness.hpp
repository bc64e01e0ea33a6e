#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// What a run, or the next one after it, has left.
struct WhatIsThere {
  std::span<const FileChange> files;
  std::span<const Validation> validations;
};

enum class Wholeness : std::uint8_t {
  whole,
  absent,
  unchanged,  ///< a file of the machine, as it was before
  broken,
  unknown,  ///< its content varies from run to run, and nobody said how to judge it
};

/// What became of one output.
struct OutputFate {
  std::string path;  ///< or, of outputs whose names vary, their pattern when none is there
  Wholeness wholeness = Wholeness::whole;
  std::string words;  ///< "/srv/out.txt has 4096 of 20000 bytes"; of `unknown`, why; empty when nothing is to be said
  /// Fault-free runs always leave it with content or a mode that it does not have now: a success without is none.
  bool missed = false;
};

/// Every output of the fault-free runs, and every other that is there, by path. `expected` has the content of the
/// stable ones: validators and logs of the contract go before it, and what the contract allows is not looked at.
std::vector<OutputFate> fates_of_outputs(const WhatIsThere& there, const Contract& contract, const Baseline& baseline,
                                         std::span<const StableOutput> expected);

/// The fate of one path.
OutputFate fate_of(const std::string& path, const WhatIsThere& there, const Contract& contract,
                   const Baseline& baseline, std::span<const StableOutput> expected);

/// Those of `paths`, which is sorted, that all runs leave with one content; none of a single run.
std::vector<StableOutput> stable_outputs_of(std::span<const std::string> paths,
                                            std::span<const std::span<const FileChange>> runs);

}  // namespace exitproof
