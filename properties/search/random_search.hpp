#pragma once

#include "properties/search/campaign_state.hpp"

namespace exitproof {

/// The step of a campaign that tries random plans: the K-th of them depends on the survey, the options and the seed
/// alone. It ends with its share of the time or of the trials, or when hardly any new plan is drawn any more.
void search_randomly(CampaignState& state);

}  // namespace exitproof
