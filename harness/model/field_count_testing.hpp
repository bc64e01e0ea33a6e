#pragma once

#include <cstddef>
#include <utility>

#include <gtest/gtest.h>

#include "harness/model/json_codec.hpp"

/// How many members a record has, without naming them: as many as its initialiser list takes.
namespace exitproof::testing {

struct Anything {
  template <typename T>
  operator T() const;  // never called, only asked for its type
};

template <typename Record, std::size_t... Indices>
constexpr bool takes(std::index_sequence<Indices...>) {
  return requires {
    Record{(static_cast<void>(Indices), Anything{})...};
  };
}

template <typename Record, std::size_t Count = 64>
constexpr std::size_t field_count() {
  if constexpr (Count == 0 || takes<Record>(std::make_index_sequence<Count>{}))
    return Count;
  else
    return field_count<Record, Count - 1>();
}

struct FieldCounter {
  std::size_t count = 0;
  template <typename Field>
  void operator()(const char*, Field&) {
    ++count;
  }
};

template <typename Record>
void expect_all_fields_visited() {
  FieldCounter counter;
  const Record record{};
  visit_fields(counter, record);
  EXPECT_EQ(counter.count, field_count<Record>()) << __PRETTY_FUNCTION__;
}

}  // namespace exitproof::testing
