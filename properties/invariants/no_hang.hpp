#pragma once

#include "exitproof/baseline.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// Whether `no-hang` finds that the subject did not end: what it did not do meanwhile follows from that.
bool hang_is_late(const Evidence& evidence, const Baseline& baseline);

}  // namespace exitproof
