#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "ci/report/report_context.hpp"
#include "exitproof/campaign.hpp"
#include "exitproof/journal_file.hpp"
#include "exitproof/journaled_service.hpp"

namespace exitproof::cli {

/// The file of `--journal FILE`: a campaign that writes down what it has done, and goes on where it was when it is
/// begun again.
class CampaignJournal {
 public:
  /// The seed of a journal that is there: one that is drawn afresh must not part the campaign from it. Throws
  /// JournalError.
  static std::optional<std::uint64_t> seed_in(const std::string& path);

  /// An empty path keeps nothing. Throws JournalError; std::system_error.
  CampaignJournal(const std::string& path, const JournalHead& head);

  /// The service that the campaign is to ask, over the one that runs trials, which must outlive this. Has the campaign
  /// take the time by it.
  TrialService& over(TrialService& trials, SearchOptions& search);

  /// Enters the campaign's end, if it was its end.
  void end(const CampaignResult& result);

  /// "40 trials are in FILE already\n"; empty when there are none.
  std::string words() const;
  /// What the user should do so that the result does not depend on the clock; empty when it does not.
  std::string words_of_time(const CampaignResult& result) const;

 private:
  std::string path_;
  std::optional<JournalWriter> writer_;
  std::unique_ptr<JournaledService> service_;
};

/// What a journal of the campaign says that it is of: of the scenario's environment what --env has put there alone.
JournalHead journal_head(const ReportContext& context, Scenario scenario, const SearchOptions& search);

}  // namespace exitproof::cli
