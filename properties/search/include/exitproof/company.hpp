#pragma once

#include <span>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// Who else could run while a thread is held at a site.
struct Company {
  bool others = true;  ///< another task had begun, which may have ended; true also where the runs do not tell
  /// How long pauses should be to outlast what the others do meanwhile: longer than the longest of their waits, and
  /// longer than a usual one. The longest first, at most two, none longer than longest_open_pause.
  std::vector<Millis> pauses = {};
  bool operator==(const Company&) const = default;
};

/// Of each of the sites, which lie in the run, by the times of its events. Without events nothing is known.
std::vector<Company> companies(const Evidence& run, std::span<const SiteRecord> sites);

/// The least of 20, 50, 100, 200, 500 and 1000 ms that is a fifth longer than this; 1000 ms for what is longer. Coarse,
/// so that the same wait gives the same pause on a busy machine.
Millis pause_beyond(Micros wait);

}  // namespace exitproof
