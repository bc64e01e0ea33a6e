#pragma once

#include <string>

#include "ci/report/report_context.hpp"
#include "exitproof/gtest/trial.hpp"
#include "properties/gtest/session.hpp"

namespace exitproof::gtest {

/// Why a campaign is no pass, for a test's failure: its findings and how the first of them came; or that nothing was
/// tried, or not to its end. Empty: it is one.
std::string failure_words(const CampaignResult& result, const ReportContext& context, const KeptEvidence& kept);

/// "345 of 345 trials at 89 sites: 345 held, 0 violated, 0 not exercised (seed 12)".
std::string count_words(const CampaignResult& result);

/// What a trial violates, how to replay it, and its timeline, unless it is brief. Whole lines.
std::string story_of(const Trial& trial);

}  // namespace exitproof::gtest
