#pragma once

#include "properties/search/campaign_state.hpp"

namespace exitproof {

/// The last step of a campaign: replays every finding as often as the options say; one that does not show every time
/// is replayed by its next plan too, as long as there is time.
void replay_findings(CampaignState& state);

}  // namespace exitproof
