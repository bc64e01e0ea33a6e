#pragma once

#include "exitproof/finding.hpp"
#include "properties/search/campaign_state.hpp"

namespace exitproof {

/// Whether the finding rests on it that an output, or stdout, is the same without its fault.
bool rests_on_outputs(const Finding& finding);

/// Where there are such findings: one more fault-free run, later than the survey by all the trials between them. What it
/// leaves or writes otherwise, as one does that shows the minute, varies from run to run: the baseline no longer holds
/// it, and that is said. True when there was such an output; then replays tell whether anything is left of the findings.
bool look_at_outputs_again(CampaignState& state);

}  // namespace exitproof
