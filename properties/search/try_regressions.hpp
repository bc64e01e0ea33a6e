#pragma once

#include "properties/search/campaign_state.hpp"

namespace exitproof {

/// The first step of a campaign: tries the plans that failed once, which are the first of all, and says what became of
/// each.
void try_regressions(CampaignState& state);

}  // namespace exitproof
