#pragma once

#include "properties/search/campaign_state.hpp"

namespace exitproof {

/// The step of a campaign that makes plans simpler: of each finding that a random plan showed, and of each that needs
/// a schedule, it tries simpler_plans(), the simplest first, and goes on from the first that shows the same every
/// time. A finding that turns out to be one that is there already becomes part of it.
void shrink_findings(CampaignState& state);

}  // namespace exitproof
