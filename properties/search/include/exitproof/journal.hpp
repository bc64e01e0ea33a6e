#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "exitproof/campaign.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// A journal says what a campaign has done so far, one line of JSON each: first what it is of, then each trial that is
/// over, then that the campaign is. It is kept line by line, so that a campaign that is killed loses no more than the
/// trials under way; and the parts of one that several machines share are put together from theirs.

/// What a journal is of. Campaigns of one head ask for the same trials by the same names.
struct JournalHead {
  std::string tool;                           ///< "exitproof 0.1.0"
  std::string kernel;                         ///< "Linux 6.18.1"
  std::vector<std::string> scenario_options;  ///< as given, those that a replay needs too
  std::string program_files;  ///< a digest of what is tried, that another build of it is not taken for this one
  /// Of the environment only what was asked for: the rest is the machine's, and may be nobody else's business.
  Scenario scenario;
  /// All that decides what is tried: all but the time, which may be another one later, and the functions.
  SearchOptions search;
};

/// A trial that is over.
struct JournalRecord {
  std::string name;     ///< what the search calls it, and which of that name it is from the second on: "... #2"
  std::string request;  ///< digest_of_request()
  Millis at{0};         ///< when it was over, by the campaign's clock; sessions follow each other without a gap
  Evidence evidence;
  bool operator==(const JournalRecord&) const = default;
};

/// The campaign came to its end. It may have been taken up again later, with more time.
struct JournalEnd {
  bool out_of_time = false;
  bool operator==(const JournalEnd&) const = default;
};

using JournalLine = std::variant<JournalHead, JournalRecord, JournalEnd>;

/// One line, without its end.
std::string print_journal_line(const JournalLine& line);
/// Throws ParseError.
JournalLine parse_journal_line(std::string_view text);

/// What two heads differ in, with both values: "search.seed: 7 and 8"; nothing when they are of one campaign. Shards
/// of one campaign do not differ by being different shards.
std::optional<std::string> first_difference(const JournalHead& one, const JournalHead& other);

/// 16 hexadecimal digits that are equal for requests that ask for the same; how long a next run may take, which
/// depends on how fast the machine was in the survey, does not count.
std::string digest_of_request(const TrialRequest& request);

}  // namespace exitproof
