#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "ci/certify/manifest.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/journal_file.hpp"

namespace exitproof {

/// One trial as a certificate's list of trials keeps it: enough to repeat it and to compare.
struct TrialLine {
  std::string scenario;
  std::string plan;
  std::string verdict;
  std::vector<std::string> violations;  ///< known_signature() of each, sorted
  std::vector<std::string> known;       ///< what its first fault shows by itself: none of these
  bool operator==(const TrialLine&) const = default;
};

/// One JSON document on one line, with a final newline.
std::string trial_line_to_json(const TrialLine& line);
/// Throws ParseError.
TrialLine trial_line_from_json(std::string_view text);

/// What became of one scenario of a manifest.
struct ScenarioOutcome {
  ManifestScenario asked;
  CampaignResult result;           ///< its findings are those that nobody allowed; the others are among its notes
  std::vector<Finding> allowed;    ///< findings that the manifest allows
  std::vector<std::size_t> by;     ///< for each of these, the index of the allowance
  std::vector<std::string> lacks;  ///< what there is no certificate for, each in one sentence; empty: nothing
  std::vector<TrialLine> trials;   ///< in the order of the plans
  std::map<std::string, Evidence> evidence;  ///< of the survey and of findings, by CampaignListener::keep's names

  bool may_be_certified() const { return result.findings.empty() && lacks.empty(); }
};

/// Hears of a certification while it runs. It hears of each campaign too.
class CertifyListener : public CampaignListener {
 public:
  virtual void begins(const ManifestScenario& /*scenario*/) {}
  virtual void ended(const ScenarioOutcome& /*outcome*/) {}
};

/// Tries one scenario: a campaign, and what the manifest makes of it. `search` is mostly the scenario's own; where it
/// asks for other plans, what the outcome lacks is of no meaning.
ScenarioOutcome try_scenario(TrialService& service, const ManifestScenario& scenario, const SearchOptions& search,
                             CertifyListener& listener);

/// What one run of the scenario would have come to, from the journals of all its shards, which have passed
/// check_shards(): as try_scenario(), but nothing is run. What shards show beyond what one run would have tried is among
/// the findings and counted, and that a trial is in no journal among what the outcome lacks.
ScenarioOutcome merge_scenario(std::span<const JournalRecords> journals, const ManifestScenario& scenario,
                               CertifyListener& listener);

/// Why such a result is not all that its level asks for, each in one sentence: what the time or the number of trials
/// cut off, what failed in the harness, what could not be tried at all. Says nothing of findings.
std::vector<std::string> what_is_missing(const CampaignResult& result, const ManifestScenario& asked);

}  // namespace exitproof
