#pragma once

#include <vector>

#include "exitproof/invariant.hpp"

namespace exitproof {

/// The invariants that the files of this folder define, in no particular order. Its body is written
/// by the build, from the lines `const Invariant NAME{` it finds (cmake/invariants.cmake).
std::vector<const Invariant*> found_invariants();

}  // namespace exitproof
