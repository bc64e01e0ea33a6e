#include "exitproof/contract.hpp"

#include "harness/model/name_table.hpp"

namespace exitproof {
namespace {

constexpr NameTable<AfterKill, 3> after_kill_names{{{
    {AfterKill::recover, "recover"},
    {AfterKill::forbid, "forbid"},
    {AfterKill::allow, "allow"},
}}};
static_assert(after_kill_names.complete_up_to(AfterKill::allow));

constexpr NameTable<Manner, 5> manner_names{{{
    {Manner::normal, "normal"},
    {Manner::caught_signal, "caught-signal"},
    {Manner::default_signal, "default-signal"},
    {Manner::sigkill, "sigkill"},
    {Manner::sigkill_tree, "sigkill-tree"},
}}};
static_assert(manner_names.complete_up_to(Manner::sigkill_tree));

}  // namespace

std::string_view after_kill_name(AfterKill after_kill) {
  return after_kill_names.name(after_kill);
}

std::optional<AfterKill> after_kill_of_name(std::string_view name) {
  return after_kill_names.value(name);
}

std::string_view manner_name(Manner manner) {
  return manner_names.name(manner);
}

}  // namespace exitproof
