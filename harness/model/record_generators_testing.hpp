#pragma once

#include <chrono>
#include <concepts>
#include <ostream>

#include "exitproof/evidence_json.hpp"
#include "exitproof/generators.hpp"
#include "harness/model/json_codec.hpp"

/// RapidCheck generators of the values that go through JSON, for the tests of any room.
namespace exitproof::generators {

/// Of any kind, with much that is UTF-8 and much that nearly is.
inline rc::Gen<std::string> nearly_text() {
  const auto pieces = rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      text(), rc::gen::element<std::string>("\xff", "\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf4\x8f", "\xba\x80",
                                            "\xf4\x8f\xba\xbf", "\xf4\x8f\xbb\x80")));
  return rc::gen::map(pieces, [](const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) all += part;
    return all;
  });
}

inline rc::Gen<ReadyWhen> ready_when() {
  return rc::gen::map(rc::gen::element<std::string>("quiet", "file:/run/*.pid", "out:^ready [0-9]+$", "listen:8080",
                                                    "listen:/run/a.sock"),
                      [](const std::string& form) { return ReadyWhen::parse(form); });
}

inline rc::Gen<StopBy> stop_by() {
  return rc::gen::exec([] {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        return StopBy{.kind = StopBy::Kind::ctrl_c, .command = {}};
      case 1:
        return StopBy{.kind = StopBy::Kind::eof, .command = {}};
      case 2:
        return StopBy{.kind = StopBy::Kind::command, .command = "stop it" + *text()};
      default:
        return StopBy{.kind = StopBy::Kind::signal, .signal = *catchable_signal(), .command = {}};
    }
  });
}

/// Fills any record through its list of fields, so that a new field is generated as soon as it is
/// written to JSON. Records need not make sense: they are for what must take every value.
struct Filler {
  template <typename Field>
  void operator()(const char*, Field& field) {
    fill(field);
  }

 private:
  static void fill(std::string& field) { field = *nearly_text(); }
  static void fill(bool& field) { field = *rc::gen::arbitrary<bool>(); }
  static void fill(ProcessPath& field) { field = *process_path(); }
  static void fill(Site& field) { field = *site(); }
  static void fill(Fault& field) { field = *fault(); }
  static void fill(FaultPlan& field) { field = *plan(); }
  static void fill(WaitStatus& field) { field = *wait_status(); }
  static void fill(ReadyWhen& field) { field = *ready_when(); }
  static void fill(StopBy& field) { field = *stop_by(); }
  static void fill(CallClasses& field) { field = *call_classes(); }
  static void fill(AfterKill& field) {
    field = *rc::gen::element(AfterKill::recover, AfterKill::forbid, AfterKill::allow);
  }
  static void fill(TimeMode& field) { field = *rc::gen::element(TimeMode::real, TimeMode::virtual_); }
  static void fill(WorldKind& field) {
    field = *rc::gen::element(WorldKind::overlay, WorldKind::private_, WorldKind::none);
  }

  template <typename Rep, typename Period>
  static void fill(std::chrono::duration<Rep, Period>& field) {
    field = std::chrono::duration<Rep, Period>(*rc::gen::arbitrary<Rep>());
  }
  template <typename First, typename Second>
  static void fill(std::pair<First, Second>& field) {
    fill(field.first);
    fill(field.second);
  }
  template <typename T>
  static void fill(std::optional<T>& field) {
    field.reset();
    if (*rc::gen::arbitrary<bool>()) fill(field.emplace());
  }
  template <typename T>
  static void fill(std::vector<T>& field) {
    field.clear();
    const int count = *rc::gen::inRange(0, 3);
    for (int i = 0; i < count; ++i) fill(field.emplace_back());
  }
  template <typename T>
  static void fill(T& field) {
    if constexpr (std::integral<T>) {
      field = *rc::gen::arbitrary<T>();
    } else if constexpr (std::is_enum_v<T>) {
      field = *rc::gen::elementOf(json::names_of<T>.values());
    } else {
      Filler filler;
      visit_fields(filler, field);
    }
  }
};

/// Any record that has a JSON form: `record<Evidence>()`.
template <typename Record>
rc::Gen<Record> record() {
  return rc::gen::exec([] {
    Record filled;
    Filler filler;
    visit_fields(filler, filled);
    return filled;
  });
}

}  // namespace exitproof::generators

namespace exitproof {

// NOLINTBEGIN(readability-identifier-naming): RapidCheck finds these by their name
inline void showValue(const Evidence& evidence, std::ostream& os) {
  os << evidence_to_json(evidence);
}
inline void showValue(const Scenario& scenario, std::ostream& os) {
  os << scenario_to_json(scenario);
}
// NOLINTEND(readability-identifier-naming)

}  // namespace exitproof
