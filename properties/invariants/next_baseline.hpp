#pragma once

#include <optional>
#include <span>

#include "exitproof/baseline.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// What a second fault-free run in the world of a first one does, by the next runs of the surveys. `baseline` has
/// the outputs of the first ones. Nothing: no second run was made, or none came to its end.
std::optional<NextBaseline> next_baseline_of(std::span<const Evidence> runs, const Baseline& baseline);

}  // namespace exitproof
