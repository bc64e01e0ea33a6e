#pragma once

#include <string>

#include "ci/report/report_context.hpp"
#include "exitproof/campaign.hpp"

namespace exitproof {

/// Words with weight or colour where a terminal shows them; none otherwise.
struct Paint {
  bool on = false;
  std::string bold(std::string_view text) const;
  std::string red(std::string_view text) const;
  std::string green(std::string_view text) const;
  std::string yellow(std::string_view text) const;
};

/// "note: no-orphans: transient: ..."; without the invariant when it is no invariant's. On one line, without a newline.
std::string describe_note(const Note& note);

/// All of these are whole lines with their newline.

/// What the survey saw, in one or two lines, after the messages of the survey.
std::string describe_survey(const CampaignResult& result);

/// One finding in a few lines: what was violated and how, where it was struck, how often it
/// replays, and the line that replays it.
std::string describe_finding(const Finding& finding, const ReportContext& context, const Paint& paint);

/// The end of a campaign: every finding, what was left out, and the counts.
std::string describe_result(const CampaignResult& result, const ReportContext& context, const Paint& paint);

/// What was not asked because no fault-free run came to its end; empty when one did.
std::string describe_unasked(const CampaignResult& result);

/// "skipped: CHECK: WHY" for each check that could not run, a line each.
std::string describe_skips(const std::vector<Skip>& skips);

/// How far a campaign is, on one line without a newline.
std::string describe_progress(const CampaignResult& so_far);

}  // namespace exitproof
