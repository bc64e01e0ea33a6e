#pragma once

#include <string>

#include "ci/report/certification.hpp"
#include "ci/report/report_context.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/replay.hpp"

namespace exitproof::testing {

/// A campaign with one of everything: a finding that replays, a flaky one, one of the fault-free
/// runs, a note, a skipped check.
CampaignResult sample_result();
ReportContext sample_context();

/// Two scenarios of a library: one with that campaign, of which some findings have evidence; and one in which all that
/// was tried held. A kind of fault was asked for that could not be tried.
Certification sample_certification();

/// A trial in which a process was killed and another outlived it.
Evidence sample_trial();

/// A replay of three trials, one of which went another way.
ReplayResult sample_replay();

/// The text of a file in the folder `golden` beside the tests. With EXITPROOF_UPDATE_GOLDEN set, the
/// file is written first: look at what changed before you commit it.
std::string golden(const std::string& name, const std::string& actual);

}  // namespace exitproof::testing
