#pragma once

#include <string>

#include "properties/search/campaign_state.hpp"

namespace exitproof {

/// The last step of a campaign: replays every finding as often as the options say; one that does not show every time
/// is replayed by its next plan too, as long as there is time.
void replay_findings(CampaignState& state);

/// What the service is told of the replays of a finding: of the `nth` from 0, and of the one in real time.
std::string name_of_replay(unsigned nth, const FaultPlan& plan, const std::string& signature);
std::string name_of_real_replay(const FaultPlan& plan, const std::string& signature);

}  // namespace exitproof
