#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "exitproof/campaign.hpp"

namespace exitproof {

/// What a campaign struck and what it did not, in a few lines for people; empty when no trial had a fault.
std::string describe_statistics(const CampaignResult& result);

/// What random plans showed, and what that says of others drawn so; there must be some.
std::string describe_drawn(const Statistics& statistics);

/// A line for each regression that does not fail as it did, and one for all.
std::string describe_regressions(const std::vector<RegressionOutcome>& regressions);

nlohmann::ordered_json statistics_json(const Statistics& statistics);
nlohmann::ordered_json regressions_json(const std::vector<RegressionOutcome>& regressions);

}  // namespace exitproof
