#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "exitproof/campaign.hpp"
#include "exitproof/journal_file.hpp"
#include "properties/search/fake_trials_testing.hpp"

namespace exitproof::testing {

/// A folder of its own for one test, with what lies in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// A program that catches Ctrl+C and cleans up then, and fails in several ways: killed in its child, killed while it
/// cleans up, struck three times.
Evidence lively(const TrialRequest& request);

/// As JournaledService takes them.
std::vector<const JournalRecords*> pointers_to(const std::vector<JournalRecords>& journals);

/// Single, second and random faults of `lively`, by a clock that stands still.
SearchOptions all_ways_to_search();

/// What journals of these campaigns are of.
JournalHead head_of(const SearchOptions& options);

/// All that a campaign showed, as a text.
std::string story(const CampaignResult& result);

/// A campaign of `lively` that answers from the journals and writes to the file; an empty name: to none. `trials` runs
/// the rest.
CampaignResult journaled(TrialService& trials, const std::vector<JournalRecords>& journals, const std::string& file,
                         const SearchOptions& options);

}  // namespace exitproof::testing
