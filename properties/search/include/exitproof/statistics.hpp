#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace exitproof {

/// How often something was struck.
struct StruckCount {
  std::uint64_t faults = 0;    ///< planned in trials that were made
  std::uint64_t fired = 0;     ///< of these
  std::uint64_t violated = 0;  ///< of these: in trials that showed a violation
  std::uint64_t held = 0;      ///< of those that fired: in trials that were judged and held
  bool operator==(const StruckCount&) const = default;
};

/// What the trials of a campaign struck, and what they did not. Survey, replays and shrinking are not counted.
struct Statistics {
  std::map<std::string, StruckCount> by_kind;      ///< "kill", "ctrl-c"
  std::map<std::string, StruckCount> by_target;    ///< command of the process; "the tree", "the terminal", "the disk"
  std::map<std::string, StruckCount> by_phase;     ///< of the site in the survey; "after a fault" when it is not there
  std::map<std::string, std::uint64_t> not_fired;  ///< why, and how many faults
  std::uint64_t drawn = 0;                         ///< random plans whose faults all fired
  std::uint64_t drawn_violated = 0;                ///< of these
  bool drawn_out = false;  ///< a thousand draws in a row gave no plan that was not there: these speak for no others
  std::uint64_t shrink_runs = 0;
  bool operator==(const Statistics&) const = default;
};

}  // namespace exitproof
