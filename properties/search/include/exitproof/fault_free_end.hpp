#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// One way in which the root ended in fault-free runs.
struct FaultFreeEnd {
  WaitStatus end;
  /// It was asked to stop, and this is how one ends then: by the signal of the stop, or with 128 and its number.
  bool by_its_stop = false;
  std::size_t runs = 0;    ///< that ended so
  std::string last_words;  ///< the last line that the first of them wrote to its standard error; empty: none

  /// As a program ends that has done what it is there for.
  bool is_usual() const { return end.success() || by_its_stop; }
};

/// Every way in which these runs ended, in their order; those that were cut say nothing.
std::vector<FaultFreeEnd> fault_free_ends(std::span<const Evidence> runs, const Scenario& scenario);

/// "without any fault it ends with status 3, and last says \"no such file\" on its standard error". `runs` is how many
/// runs there were.
std::string describe_end(const FaultFreeEnd& end, std::size_t runs);

}  // namespace exitproof
