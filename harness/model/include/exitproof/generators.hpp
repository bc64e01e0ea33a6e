#pragma once

#include <csignal>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck.h>

#include "exitproof/call_class.hpp"
#include "exitproof/duration.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/names.hpp"
#include "exitproof/process_path.hpp"
#include "exitproof/site.hpp"
#include "exitproof/wait_status.hpp"

/// RapidCheck generators of the values that name where a program is struck and how it ended. All values are valid:
/// what they print parses. Properties may take them as arguments:
///
///     RC_GTEST_PROP(Plans, survive_a_round_trip, (exitproof::FaultPlan plan)) {
///       RC_ASSERT(exitproof::FaultPlan::parse(plan.print()) == plan);
///     }
///
/// The values are of any program: to draw what a certain one can be struck by, see generate_plans.hpp.
namespace exitproof::generators {

inline rc::Gen<std::uint64_t> number_from(std::uint64_t min) {
  return rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(min, min + 20),
                        rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                     [min](std::uint64_t number) { return number < min ? min : number; }),
                        rc::gen::just(std::numeric_limits<std::uint64_t>::max()));
}

inline rc::Gen<std::uint32_t> birth() {
  return rc::gen::inRange<std::uint32_t>(1, 1'000);
}

/// Any bytes, at least one; the awkward ones often.
inline rc::Gen<std::string> bytes() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::arbitrary<char>(), rc::gen::elementOf(std::string("%0123456789ABF./:@,=+-_*\0 ", 26)))));
}

/// UTF-8, perhaps empty.
inline rc::Gen<std::string> text() {
  const auto pieces = rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "Z", "0", "/", "/tmp/", " ", "\"", "\\", "\n", "\x01", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"));
  return rc::gen::map(pieces, [](const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) all += part;
    return all;
  });
}

inline rc::Gen<Millis> duration() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::int64_t>(0, 5'000),
                                    rc::gen::element<std::int64_t>(1, 1'000, 60'000, 3'600'000)),
                      [](std::pair<std::int64_t, std::int64_t> parts) { return Millis(parts.first * parts.second); });
}

inline rc::Gen<ProcessPath> process_path() {
  return rc::gen::exec([] {
    ProcessPath path{.births = *rc::gen::container<std::vector<std::uint32_t>>(birth()), .thread = 0};
    if (*rc::gen::inRange(0, 3) == 0) path.thread = *birth();
    return path;
  });
}

inline rc::Gen<ProcessSelector> selector() {
  return rc::gen::exec([]() -> ProcessSelector {
    if (*rc::gen::inRange(0, 3) != 0) return *process_path();
    return ProcessName{.base = *bytes(), .nth = *birth()};
  });
}

inline rc::Gen<CallClass> call_class() {
  return rc::gen::elementOf(all_call_classes());
}

inline rc::Gen<CallClasses> call_classes() {
  return rc::gen::map(rc::gen::inRange<unsigned long>(0, 1UL << call_class_count),
                      [](unsigned long bits) { return CallClasses(bits); });
}

inline rc::Gen<Point> call_point() {
  return rc::gen::exec([]() -> Point {
    CallPoint point{.call_class = *call_class(), .text = std::nullopt, .nth = *number_from(1)};
    if (*rc::gen::inRange(0, 3) == 0) point.text = *bytes();
    return point;
  });
}

inline rc::Gen<Point> point() {
  return rc::gen::exec([]() -> Point {
    const std::uint64_t nth = *number_from(1);
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        return QuietPoint{nth};
      case 1:
        return TickPoint{nth};
      case 2:
        return NewPoint{nth};
      case 3:
        return ProbePoint{*bytes(), nth};
      case 4:
        return LinePoint{*bytes(), nth};
      case 5:
        return CallEventPoint{*bytes(), nth};
      default:
        return *call_point();
    }
  });
}

/// A site at `where`, exact or timed.
inline Site site_at(Point where) {
  Site site{.process = *selector(), .point = std::move(where)};
  if (std::holds_alternative<QuietPoint>(site.point) && *rc::gen::arbitrary<bool>()) site.process.reset();
  if (std::holds_alternative<CallPoint>(site.point)) site.after = *rc::gen::arbitrary<bool>();
  if (*rc::gen::inRange(0, 4) == 0) site.delay = *duration();
  return site;
}

inline rc::Gen<Site> site() {
  return rc::gen::exec([] { return site_at(*point()); });
}

inline rc::Gen<int> catchable_signal() {
  return rc::gen::suchThat(rc::gen::inRange(1, 65), [](int number) {
    return number != SIGKILL && signal_number(signal_name(number)) == number;
  });
}

inline rc::Gen<int> error() {
  return rc::gen::suchThat(rc::gen::inRange(1, 134),
                           [](int number) { return errno_number(errno_name(number)) == number; });
}

/// Where an action may happen that changes the very call or event of its point.
inline Site changed_site(Point where) {
  return Site{.process = *selector(), .point = std::move(where)};
}

inline rc::Gen<Fault> fault() {
  return rc::gen::exec([] {
    Fault fault;
    fault.action = static_cast<Action>(*rc::gen::inRange<int>(0, action_count));
    switch (fault.action) {
      case Action::kill_tree:
      case Action::ctrl_c:
      case Action::hangup:
      case Action::full:
        fault.site = *site();
        return fault;
      case Action::signal:
        fault.signal = *catchable_signal();
        break;
      case Action::pause:
        if (*rc::gen::arbitrary<bool>()) fault.pause = *duration();
        break;
      case Action::kill:
      case Action::epipe:
        break;
      case Action::fail:
        fault.error = *error();
        fault.persistent = *rc::gen::arbitrary<bool>();
        fault.site = changed_site(*call_point());
        return fault;
      case Action::short_write:
        fault.bytes = *number_from(0);
        fault.site =
            changed_site(CallPoint{.call_class = *rc::gen::element(CallClass::write, CallClass::out, CallClass::send),
                                   .text = std::nullopt,
                                   .nth = *number_from(1)});
        return fault;
      case Action::throw_:
        fault.site = changed_site(ProbePoint{*bytes(), *number_from(1)});
        return fault;
      case Action::bad_alloc:
        fault.site = changed_site(NewPoint{*number_from(1)});
        return fault;
      case Action::raise:
        fault.exception = *rc::gen::element<std::string>("KeyboardInterrupt", "app.errors.Lost", "_E1", "OSError");
        fault.site = changed_site(LinePoint{*bytes(), *number_from(1)});
        if (*rc::gen::arbitrary<bool>()) fault.site.point = CallEventPoint{*bytes(), *number_from(1)};
        return fault;
    }
    fault.site = site_at(*point());
    if (!fault.site.process) fault.site.process = *selector();
    return fault;
  });
}

inline rc::Gen<FaultPlan> plan() {
  return rc::gen::exec([] {
    FaultPlan plan;
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) plan.faults.push_back(*fault());
    if (*rc::gen::arbitrary<bool>()) plan.schedule = *number_from(0);
    return plan;
  });
}

inline rc::Gen<WaitStatus> wait_status() {
  return rc::gen::exec([] {
    if (*rc::gen::arbitrary<bool>()) return WaitStatus::exited(*rc::gen::inRange(0, 256));
    return WaitStatus::killed(*rc::gen::inRange(1, 65), *rc::gen::arbitrary<bool>());
  });
}

}  // namespace exitproof::generators

/// How a failing property shows its values: RapidCheck finds these by their name.
namespace exitproof {

// NOLINTBEGIN(readability-identifier-naming)

inline void showValue(const ProcessPath& path, std::ostream& os) {
  os << path.print();
}
inline void showValue(const ProcessSelector& selector, std::ostream& os) {
  os << print_selector(selector);
}
inline void showValue(const Site& site, std::ostream& os) {
  os << site.print();
}
inline void showValue(const Fault& fault, std::ostream& os) {
  os << fault.print();
}
inline void showValue(const FaultPlan& plan, std::ostream& os) {
  os << plan.print();
}
inline void showValue(const WaitStatus& status, std::ostream& os) {
  os << status.print();
}
// NOLINTEND(readability-identifier-naming)

}  // namespace exitproof

namespace rc {

template <>
struct Arbitrary<exitproof::ProcessPath> {
  static Gen<exitproof::ProcessPath> arbitrary() { return exitproof::generators::process_path(); }
};

template <>
struct Arbitrary<exitproof::ProcessSelector> {
  static Gen<exitproof::ProcessSelector> arbitrary() { return exitproof::generators::selector(); }
};

template <>
struct Arbitrary<exitproof::CallClass> {
  static Gen<exitproof::CallClass> arbitrary() { return exitproof::generators::call_class(); }
};

template <>
struct Arbitrary<exitproof::Site> {
  static Gen<exitproof::Site> arbitrary() { return exitproof::generators::site(); }
};

template <>
struct Arbitrary<exitproof::Fault> {
  static Gen<exitproof::Fault> arbitrary() { return exitproof::generators::fault(); }
};

template <>
struct Arbitrary<exitproof::FaultPlan> {
  static Gen<exitproof::FaultPlan> arbitrary() { return exitproof::generators::plan(); }
};

template <>
struct Arbitrary<exitproof::WaitStatus> {
  static Gen<exitproof::WaitStatus> arbitrary() { return exitproof::generators::wait_status(); }
};

}  // namespace rc
