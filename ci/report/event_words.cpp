#include "ci/report/event_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/report/console.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/names.hpp"

namespace exitproof {
namespace {

constexpr std::size_t longest_object = 100;

std::string call_words(const Event& event) {
  std::string text = event.call;
  if (!event.object.empty()) text += ' ' + shortened(event.object);
  return text;
}

}  // namespace

std::string shortened(std::string text) {
  text = plain_line(text);
  if (text.size() > longest_object) text = text.substr(0, longest_object - 3) + "...";
  return text;
}

std::string process_name(std::span<const ProcessRecord> processes, const ProcessPath& path) {
  const auto found = std::ranges::find(processes, path.process(), &ProcessRecord::path);
  return found == processes.end() ? path.print() : fmt::format("{} {}", path.print(), plain_line(found->command));
}

std::string result_words(std::int64_t result) {
  return result < 0 ? errno_name(static_cast<int>(-result)) : std::to_string(result);
}

std::string event_words(const Event& event) {
  std::string object = shortened(event.object);
  switch (event.kind) {
    case EventKind::birth:
      return event.who.is_root() ? "starts" : "is born of " + object;
    case EventKind::exec:
      return "runs " + object;
    case EventKind::call:
      return call_words(event);
    case EventKind::call_end:
      return call_words(event) + " = " + result_words(event.result);
    case EventKind::signal:
      return "gets " + event.call + (object.empty() ? "" : " (" + object + ")");
    case EventKind::stop:
      return "is stopped" + (event.call.empty() ? "" : " by " + event.call);
    case EventKind::resume:
      return "continues";
    case EventKind::death:
      return "ends: " + object;
    case EventKind::reap:
      return event.call.empty() ? "reaps " + object : "is reaped by " + event.call;
    case EventKind::handler:
      return event.call + " the exit handler " + object;
    case EventKind::point:
      return "passes " + call_words(event);
    case EventKind::quiet:
      return fmt::format("every task is blocked (quiet:{})", event.result);
    case EventKind::phase:
      return "-- " + object + " --";
    case EventKind::fault:
      return "FAULT " + object;
    case EventKind::driver:
      return "driver: " + object;
    case EventKind::denied:
      return event.call + " refused: " + (object.empty() ? "it would change the machine" : object);
    case EventKind::note:
      return object;
  }
  return object;
}

bool completes(const Event& begin, const Event& end) {
  return begin.kind == EventKind::call && end.kind == EventKind::call_end && begin.who == end.who &&
         begin.call == end.call;
}

}  // namespace exitproof
