#include <array>
#include <string>

#include "exitproof/enumerate.hpp"
#include "exitproof/names.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

std::size_t index_of(FaultKind kind) {
  return static_cast<std::size_t>(kind);
}

FaultKinds of(std::initializer_list<FaultKind> kinds) {
  FaultKinds set;
  for (const FaultKind kind : kinds) set.set(index_of(kind));
  return set;
}

std::string expected_kind(std::string_view word) {
  std::vector<std::string_view> names;
  for (const FaultKind kind : all_fault_kinds()) {
    if (kind != FaultKind::none) names.push_back(fault_kind_name(kind));
  }
  if (const auto near = nearest_name(word, names)) return "a fault kind (did you mean \"" + *near + "\"?)";
  std::string list = "one of";
  for (const std::string_view name : names) (list += ' ') += name;
  return list;
}

}  // namespace

FaultKinds parse_fault_kinds(std::string_view text) {
  FaultKinds kinds;
  std::size_t begin = 0;
  while (true) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view word = text.substr(begin, comma - begin);
    const auto kind = fault_kind_of_name(word);
    if (!kind || *kind == FaultKind::none) {
      throw ParseError(begin + 1, expected_kind(word), word.empty() ? "nothing" : '"' + std::string(word) + '"');
    }
    kinds.set(index_of(*kind));
    if (comma == text.size()) return kinds;
    begin = comma + 1;
  }
}

std::string print_fault_kinds(const FaultKinds& kinds) {
  std::string text;
  for (const FaultKind kind : all_fault_kinds()) {
    if (!kinds.test(index_of(kind))) continue;
    if (!text.empty()) text += ',';
    text += fault_kind_name(kind);
  }
  return text;
}

FaultKinds default_fault_kinds() {
  return of({FaultKind::kill, FaultKind::ctrl_c, FaultKind::signals, FaultKind::enospc});
}

}  // namespace exitproof
