#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/violation.hpp"
#include "properties/invariants/wholeness.hpp"

namespace exitproof {

/// What the next run of a trial shows of the subject.
enum class NextRunShows : std::uint8_t {
  nothing,  ///< it was not made
  unasked,  ///< it was made, and there is nothing fair to compare it with
  works,    ///< it ends as a fault-free one does
  fails,
};

struct NextRunOpinion {
  NextRunShows shows = NextRunShows::nothing;
  std::string words;  ///< `unasked`: why; `fails`: how, "it ended with exit 1 instead of exit 0"
};

/// Where a second fault-free run fails or differs by nature, and the contract names no other command, the next run
/// is judged only when the trial left no output yet, and then by the end of the first fault-free runs.
NextRunOpinion opinion_of_next_run(const Evidence& evidence, const Contract& contract, const Baseline& baseline);

/// Whether the next run has removed this file or directory, with all that was left in it.
bool removed_by_next_run(const NextRun& next, std::string_view path);

/// What the next run made of something that is good now, or is not.
Recovery recovery_of(const NextRunOpinion& next, bool good_now);

/// What became of an output after the next run: whole is what a first or a second fault-free run leaves.
OutputFate fate_after_next_run(const NextRun& next, const std::string& path, const Contract& contract,
                               const Baseline& baseline);

}  // namespace exitproof
