#pragma once

#include <string>

#include "ci/report/console.hpp"
#include "exitproof/campaign.hpp"

namespace exitproof {

/// The catalog for people: the process tree, sites for each process and class, quiet moments, what
/// is stable, unstable and folded, the baseline's outputs and what a fault-free run leaves.
std::string describe_catalog(const CampaignResult& result, const ReportContext& context, const Paint& paint);

}  // namespace exitproof
