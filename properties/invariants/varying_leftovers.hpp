#pragma once

#include <span>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// What a file is like apart from its name: its type, its directory, and the shape of its base name, which is its
/// length and the kind of each character: "objects/8c" and "objects/5f" are alike, "objects/info" is not.
std::string likeness(const FileChange& file);

/// The likenesses of what every fault-free run leaves under another name, where outputs would lie: a trial that
/// leaves something like it does as they do. Sorted.
std::vector<std::string> varying_leftovers_of(std::span<const Evidence> runs, const Scenario& scenario,
                                              const Baseline& baseline);

}  // namespace exitproof
