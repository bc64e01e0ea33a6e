#include "exitproof/violation.hpp"

#include <fmt/format.h>

#include "exitproof/pattern.hpp"
#include "harness/model/name_table.hpp"

namespace exitproof {
namespace {

constexpr NameTable<Verdict, 5> verdict_names{{{
    {Verdict::held, "held"},
    {Verdict::violated, "violated"},
    {Verdict::not_exercised, "not-exercised"},
    {Verdict::flaky, "flaky"},
    {Verdict::harness_error, "harness-error"},
}}};
static_assert(verdict_names.complete_up_to(Verdict::harness_error));

constexpr NameTable<Recovery, recovery_count> recovery_names{{{
    {Recovery::not_asked, "not-asked"},
    {Recovery::clean, "clean"},
    {Recovery::recovered, "recovered"},
    {Recovery::leaked, "leaked"},
    {Recovery::blocked, "blocked"},
}}};
static_assert(recovery_names.complete_up_to(Recovery::blocked));

}  // namespace

std::string_view recovery_name(Recovery recovery) {
  return recovery_names.name(recovery);
}

std::string_view verdict_name(Verdict verdict) {
  return verdict_names.name(verdict);
}

std::string signature(const Violation& violation, FaultKind kind) {
  return fmt::format("{} | {} | {} | {} | {}", violation.invariant, violation.command, name_pattern(violation.subject),
                     fault_kind_name(kind), manner_name(violation.manner));
}

}  // namespace exitproof
