#pragma once

#include <span>
#include <string>
#include <vector>

#include "exitproof/campaign.hpp"
#include "exitproof/journal_file.hpp"

namespace exitproof {

/// What the journals of all shards of a campaign say together.
struct Merged {
  /// What one run of the whole campaign would have given. Trials that it would have made and no journal has are under
  /// `skipped`. Trials beyond it, as second faults beyond its bound, count only where they show what it does not: then
  /// they and their findings are in all numbers, as if it had made them.
  CampaignResult result;
  std::vector<std::string> missing;   ///< the names of these
  std::vector<Shard> out_of_time;     ///< what these tried depended on the clock
  std::uint64_t beyond = 0;           ///< trials that one run would not have made
  std::uint64_t beyond_violated = 0;  ///< of these, that count
};

/// Throws JournalError, which says what is wrong, unless the journals are those of all shards of one campaign, each
/// once and to its end, and their fault-free runs agree on what can be struck and on what a clean run leaves. A journal
/// of a campaign in one piece is one of all shards.
void check_shards(std::span<const JournalRecords> journals);

/// Goes through the campaign with what the journals have for answers. No subject is run, and no time passes. The
/// journals have passed check_shards().
Merged merge_shards(std::span<const JournalRecords> journals, CampaignListener& listener);

/// The journal of one run that goes on where the shards were: all that they have, in one file. Throws as JournalWriter.
void write_merged(std::span<const JournalRecords> journals, const std::string& path);

}  // namespace exitproof
