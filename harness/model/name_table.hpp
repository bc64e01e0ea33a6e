#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "exitproof/check.hpp"

namespace exitproof {

/// The text forms of an enumeration, in its declaration order and complete.
template <typename Enum, std::size_t Count>
struct NameTable {
  struct Row {
    Enum value;
    std::string_view name;
  };
  std::array<Row, Count> rows;

  /// For a static_assert: row i holds the i-th enumerator, and the last is the enumeration's last.
  constexpr bool complete_up_to(Enum last) const {
    for (std::size_t i = 0; i < Count; ++i)
      if (static_cast<std::size_t>(rows[i].value) != i || rows[i].name.empty()) return false;
    return rows[Count - 1].value == last;
  }

  std::string_view name(Enum value) const {
    const auto index = static_cast<std::size_t>(value);
    check(index < Count, "an enumerator without a name");
    return rows[index].name;
  }

  std::optional<Enum> value(std::string_view name) const {
    for (const Row& row : rows)
      if (row.name == name) return row.value;
    return std::nullopt;
  }

  constexpr std::array<Enum, Count> values() const {
    std::array<Enum, Count> all{};
    for (std::size_t i = 0; i < Count; ++i) all[i] = rows[i].value;
    return all;
  }

  constexpr std::array<std::string_view, Count> names() const {
    std::array<std::string_view, Count> all{};
    for (std::size_t i = 0; i < Count; ++i) all[i] = rows[i].name;
    return all;
  }
};

}  // namespace exitproof
