#pragma once

#include <string>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// What the fault-free runs leave and return: a trial is asked only for what they keep.
struct Baseline {
  unsigned runs = 0;
  bool ended = true;                         ///< false: the runs were cut, so outputs are unknown
  bool waits = false;                        ///< the subject waits until it is stopped
  std::optional<WaitStatus> root_end;        ///< when equal in all runs
  std::vector<std::string> outputs;          ///< paths that every run leaves and is there to make
  std::vector<std::string> varying_outputs;  ///< patterns of such paths whose names differ from run to run
  /// Signatures of what the fault-free runs already violate: reported once, with fault `none`.
  std::vector<std::string> known_violations;
  std::vector<std::string> temporary_places;  ///< directories whose content is never an output
  Micros longest_run{0};
  bool operator==(const Baseline&) const = default;
};

}  // namespace exitproof
