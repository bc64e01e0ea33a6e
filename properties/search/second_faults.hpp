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
/// a disk that is full by then.

/// The kinds that are tried as second faults when none are asked for: kill, ctrl-c and enospc.
FaultKinds second_fault_kinds();

/// Whether the one fault of this trial left the subject something to do: it was caught, a call failed, the disk was
/// full, an exception was thrown; and the subject came to an end.
bool goes_on_after_fault(const Evidence& trial);

/// What kind of reaction it was, "ctrl-c caught by python3": first faults with one reaction mostly run one code.
std::string reaction_of(const Evidence& trial);

/// Of a trial with one fault, events, sites and stacks: the sites that it passed after the fault had fired, and that no
/// fault-free run passes in the same way. In the order of the trial.
std::vector<SiteRecord> sites_after_fault(const Evidence& trial, std::span<const Evidence> runs);

/// A plan of two faults.
struct SecondPlan {
  FaultPlan plan;
  std::size_t first = 0;  ///< which first fault it follows: as the caller counts them
  std::string way;        ///< plans of one way do the same to the same code after the same reaction
};

/// Every second fault that the options allow at the sites after the trial's fault, appended to its plan. The seed
/// chooses among sites of one stack, as in make_catalog().
std::vector<SecondPlan> second_plans(const Evidence& trial, std::span<const Evidence> runs,
                                     const EnumerateOptions& options, std::uint64_t seed);

/// All of them when they are not more than `bound`; else so many drawn by the seed, one of every way before the
/// second of any.
std::vector<SecondPlan> choose_second_plans(std::vector<SecondPlan> plans, std::size_t bound, std::uint64_t seed);

}  // namespace exitproof
