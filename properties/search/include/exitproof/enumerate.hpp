#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/catalog.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/target.hpp"

namespace exitproof {

using FaultKinds = std::bitset<fault_kind_count>;

/// Reads a comma-separated list of kinds, "kill,ctrl-c,signals". Throws ParseError for an unknown
/// name and for an empty list.
FaultKinds parse_fault_kinds(std::string_view text);
std::string print_fault_kinds(const FaultKinds& kinds);

/// The kinds that are tried when none is asked for; `exception` is added where an agent is active.
FaultKinds default_fault_kinds();

struct EnumerateOptions {
  FaultKinds kinds = default_fault_kinds();
  Target target = {};
};

/// Every plan of one fault that the catalog and the options allow, in the order of trial: what any program meets one
/// day (its root is terminated, killed, interrupted at a quiet moment in the middle, the first, the last, and gets the
/// other signals in the middle); then the quiet moments and one member of every class, then the second members, then
/// the third. Within each of these rounds families of faults take turns: death, request, full disk, exception, refused
/// call, and after these the lesser ones. Each has one fault of every sort of calls of every process before the second
/// of any, and is at calls by which processes and files come and go before it is at others. So a budget which ends
/// early has seen every place once before it sees one place in every way. Pauses of a length come last: they take the
/// longest. The order depends on nothing but the arguments.
std::vector<FaultPlan> enumerate_plans(const Catalog& catalog, const EnumerateOptions& options);

/// A fault at a site of the catalog.
struct PlacedFault {
  Fault fault;
  std::size_t site = 0;              ///< index into Catalog::stable
  FaultKind kind = FaultKind::none;  ///< of the options' kinds, the one that it is tried for
};

/// Every fault that the options allow at every stable site, be it folded or not, in the order of the sites.
std::vector<PlacedFault> all_faults(const Catalog& catalog, const EnumerateOptions& options);

/// Of the kinds asked for those of which the catalog has no place for a fault; empty: none.
FaultKinds kinds_without_a_place(const Catalog& catalog, const EnumerateOptions& options);

/// "no process of the fault-free runs is named sed", when the target is nobody of the catalog.
std::optional<std::string> why_nobody_is_meant(const Catalog& catalog, const Target& target);

/// Of these plans a few that see the most: every fault at the quiet moments, and of each kind those at the first and at
/// the last site at which it can strike.
std::vector<FaultPlan> enumerate_smoke_plans(const Catalog& catalog, const EnumerateOptions& options);

}  // namespace exitproof
