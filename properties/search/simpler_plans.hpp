#pragma once

#include <vector>

#include "exitproof/catalog.hpp"
#include "exitproof/fault.hpp"

namespace exitproof {

/// Plans that say less than this one, the simplest first: with fewer of its faults, with a simpler action (once and
/// not from then on, before a call and not after it, at once and not later), and with an earlier site of its kind in the
/// same thread that the fault-free runs pass. They all keep its schedule, under which each shows the same every time. None
/// of them is the plan itself; a plan for which there is none is as simple as it gets.
std::vector<FaultPlan> simpler_plans(const FaultPlan& plan, const Catalog& catalog);

}  // namespace exitproof
