#pragma once

#include <vector>

#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// Brings `tree`, whose root nobody traces, up to what /proc shows now: adds the children and threads of its
/// processes, and marks as dead what is gone. `known` holds the processes of another tree, which are none of this one;
/// nor are the `leaders`;
/// a process whose maker is gone belongs to this tree if to none.
void look_at_tree(Tree& tree, Tree& known, const std::vector<pid_t>& leaders, Micros now);

}  // namespace exitproof
