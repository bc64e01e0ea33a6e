#pragma once

#include <cstdint>

#include "exitproof/violation.hpp"

namespace exitproof {

/// What became of the trials. `total` is the sum of all below it but `not_ended`; survey and replays are not counted.
struct Tally {
  std::uint64_t planned = 0;  ///< how many the catalog and the options call for
  std::uint64_t total = 0;
  std::uint64_t held = 0;
  std::uint64_t violated = 0;
  std::uint64_t not_exercised = 0;
  std::uint64_t not_ended = 0;  ///< of these, in which all faults fired, but the end was not seen
  std::uint64_t flaky = 0;      ///< showed only findings that do not replay every time
  std::uint64_t harness_error = 0;

  /// Counts one trial. `all_fired`: of one that is not exercised, that only its end was not seen.
  void count(Verdict verdict, bool all_fired = false);

  bool operator==(const Tally&) const = default;
};

}  // namespace exitproof
