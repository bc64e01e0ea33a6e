#pragma once

#include <string>

#include "ci/report/report_context.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/replay.hpp"

namespace exitproof {

/// The campaign as one document of schema `exitproof/result/1`, indented, with a final newline. All
/// fields are always there; what is not known is "", 0 or []. Bytes that are not UTF-8 become U+FFFD.
std::string result_to_json(const CampaignResult& result, const ReportContext& context);

/// The same for a replay, with two members more: `digest`, of what the trial that is shown did, and, when replays were
/// compared, `verify`: how many were the same, the outcomes, and where one parted (`parting`, null when none did).
std::string replay_to_json(const ReplayResult& replay, const ReportContext& context);

/// What a survey saw, as one document of schema `exitproof/survey/1`, likewise: processes, sites with
/// their class, quiet moments, outputs, leftovers and what fault-free runs violate.
std::string survey_to_json(const CampaignResult& result, const ReportContext& context);

}  // namespace exitproof
