#pragma once

#include <span>

#include "exitproof/baseline.hpp"
#include "exitproof/evidence.hpp"
#include "harness/trial/trial.hpp"

namespace exitproof {

/// What every trial asks for, whatever its plan, by what the fault-free runs did: which files lie ready to be
/// changed, and when the next run is made. Without a baseline for it, a next run would show nothing.
TrialRequest trial_template(std::span<const Evidence> runs, const Baseline& baseline);

}  // namespace exitproof
