#pragma once

#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// Brings the sites of a run into an order in which it does not show which of several processes was faster: quiet
/// moments first; then those of the root in their order, and after its k-th fork those of its k-th child, with those of
/// its children in the same way; extra threads after the main one. Sites of one thread keep their order. So a campaign
/// tries the same plans in the same order wherever the fault-free runs pass the same sites.
std::vector<SiteRecord> in_tree_order(std::vector<SiteRecord> sites);

}  // namespace exitproof
