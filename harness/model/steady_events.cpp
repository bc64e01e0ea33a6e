#include "harness/model/steady_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "exitproof/names.hpp"
#include "exitproof/pattern.hpp"
#include "harness/model/text_cursor.hpp"

namespace exitproof {
namespace {

/// What the tracer writes down of a call that varies from run to run, beyond the names of files.
struct VaryingCall {
  std::string_view name;
  bool object = false;  ///< a pid, an identifier or an address
  bool result = false;  ///< likewise, or a descriptor, which threads take from each other
};

constexpr VaryingCall varying_calls[] = {
    {"accept", false, true},
    {"accept4", false, true},
    {"clone", false, true},
    {"clone3", false, true},
    {"creat", false, true},
    {"fork", false, true},
    {"futex", true, false},
    {"kill", true, false},
    {"mq_open", false, true},
    {"msgctl", true, true},
    {"msgget", true, true},
    {"open", false, true},
    {"openat", false, true},
    {"openat2", false, true},
    {"rt_sigqueueinfo", true, false},
    {"rt_tgsigqueueinfo", true, false},
    {"semctl", true, true},
    {"semget", true, true},
    {"shmat", true, true},
    {"shmctl", true, true},
    {"shmget", true, true},
    {"tgkill", true, false},
    {"tkill", true, false},
    {"vfork", false, true},
    {"wait4", true, true},
    {"waitid", true, false},
};

const VaryingCall* varying_call(std::string_view name) {
  const auto* found = std::ranges::find(varying_calls, name, &VaryingCall::name);
  return found == std::end(varying_calls) ? nullptr : found;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// Every number that follows `before` becomes a star.
std::string without_numbers_after(std::string_view before, std::string text) {
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
    at += before.size();
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end > at) text.replace(at, end - at, "*");
  }
  return text;
}

std::string steady_object(const Event& event) {
  const VaryingCall* varying = varying_call(event.call);
  if (varying != nullptr && varying->object) {
    const bool names_nobody = event.object == "0" || event.object == "-1";
    return names_nobody ? event.object : "*";
  }
  if (is_number(event.object)) return event.object;
  return name_pattern(without_numbers_after("/proc/", without_numbers_after(":[", event.object)));
}

std::string steady_result(const Event& event) {
  if (event.result < 0) return errno_name(static_cast<int>(-event.result));
  const VaryingCall* varying = varying_call(event.call);
  return varying != nullptr && varying->result ? "*" : fmt::format("{}", event.result);
}

std::string line(const Event& event, std::string_view what, std::string_view about) {
  return fmt::format("{} {} {}", event_kind_name(event.kind), what, about);
}

}  // namespace

bool SteadyEvents::comes_again(const Event& event) {
  const auto* point = event.site ? std::get_if<CallPoint>(&event.site->point) : nullptr;
  if (point == nullptr) return false;
  std::uint64_t& highest = highest_[event.who][static_cast<std::size_t>(point->call_class)];
  if (point->nth <= highest) return true;
  highest = point->nth;
  return false;
}

std::optional<SteadyEvent> SteadyEvents::next(const Event& event) {
  switch (event.kind) {
    case EventKind::birth:
    case EventKind::death:
      return SteadyEvent{line(event, {}, event.object)};
    case EventKind::exec:
      return SteadyEvent{line(event, {}, name_pattern(event.object))};
    case EventKind::call:
      if (comes_again(event)) return std::nullopt;
      return SteadyEvent{line(event, event.call, steady_object(event))};
    case EventKind::call_end:
      return SteadyEvent{line(event, event.call, steady_object(event)) + " = " + steady_result(event)};
    case EventKind::signal:
      if (event.object != Event::caught) return std::nullopt;
      return SteadyEvent{line(event, event.call, {}), event.call != "SIGCHLD"};
    case EventKind::stop:
    case EventKind::resume:
    case EventKind::denied:
      return SteadyEvent{line(event, event.call, {})};
    case EventKind::reap:
      if (!event.call.empty()) return std::nullopt;
      return SteadyEvent{line(event, {}, event.object)};
    case EventKind::handler:
    case EventKind::point:
      return SteadyEvent{line(event, event.call, event.object)};
    case EventKind::fault:
      return SteadyEvent{line(event, event.call, event.object), !event.call.empty()};
    case EventKind::quiet:
    case EventKind::phase:
    case EventKind::driver:
    case EventKind::note:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace exitproof
