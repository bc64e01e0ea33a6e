#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exitproof/enumerate.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// Second faults strike what a subject does because of a first one: a SIGKILL or another Ctrl+C while it cleans up,
/// a disk that is full by then. Or what others do while a first one holds one of its threads for a given time.

/// The kinds that are tried as second faults when none are asked for: kill, ctrl-c and enospc.
FaultKinds second_fault_kinds();

/// Whether the one fault of this trial left the subject something to do: it was caught, a call failed, the disk was
/// full, an exception was thrown, a thread was held for a given time; and the subject came to an end.
bool goes_on_after_fault(const Evidence& trial);

/// What kind of reaction it was, "ctrl-c caught by python3": first faults with one reaction mostly run one code. Of a
/// pause with the call that waited.
std::string reaction_of(const Evidence& trial);

/// Of a trial with one fault, events, sites and stacks: the sites that it passed after the fault had fired, and that no
/// fault-free run passes in the same way; after a pause, those that it passed while that lasted. In the order of the
/// trial.
std::vector<SiteRecord> sites_after_fault(const Evidence& trial, std::span<const Evidence> runs);

/// A plan of two faults.
struct SecondPlan {
  FaultPlan plan;
  std::size_t first = 0;  ///< which first fault it follows: as the caller counts them
  std::string reaction;   ///< to its first fault
  std::string way;        ///< plans of one way do the same to the same code after the same reaction
};

/// Every second fault that the options allow at the sites after the trial's fault, appended to its plan. The seed
/// chooses among sites of one stack, as in make_catalog().
std::vector<SecondPlan> second_plans(const Evidence& trial, std::span<const Evidence> runs,
                                     const EnumerateOptions& options, std::uint64_t seed);

/// At most `bound` of them, one of every way before the second of any. Reactions take turns, each in its order: what a
/// part of the plans loses to the bound, all of them together lose too.
std::vector<SecondPlan> choose_second_plans(std::vector<SecondPlan> plans, std::size_t bound);

}  // namespace exitproof
