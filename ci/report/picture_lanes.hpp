#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// How it stands with a process at the end of a trial.
enum class LaneEnd : std::uint8_t {
  gone,    ///< ended, and nobody minds
  killed,  ///< ended by a signal
  zombie,  ///< ended, and was not reaped for too long
  alive,   ///< alive when the trial was emptied
};

/// One process in a picture.
struct Lane {
  const ProcessRecord* process = nullptr;  ///< of the evidence
  LaneEnd end = LaneEnd::gone;
  std::string words;  ///< what became of it: "exit 0, reaped by 0", "still alive, holds port 80"
};

struct Lanes {
  std::vector<Lane> lanes;  ///< by path, parents before their children
  std::size_t left_out = 0;
};

/// At most so many processes: the root, those that were struck, that were left or that hang, and their ancestors come
/// first, then those born first. `most` is at least 1.
Lanes choose_lanes(const Evidence& evidence, std::size_t most);

}  // namespace exitproof
