#include "exitproof/fault_free_end.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <string_view>

namespace exitproof {
namespace {

/// With which a stop may end a process that does nothing against it. Of a command nobody knows which one it sends.
std::vector<int> signals_of(const StopBy& stop) {
  switch (stop.kind) {
    case StopBy::Kind::signal:
      return {stop.signal};
    case StopBy::Kind::ctrl_c:
      return {SIGINT};
    case StopBy::Kind::eof:
      return {};
    case StopBy::Kind::command:
      return {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGKILL};
  }
  return {};
}

bool is_by_stop(const Evidence& run, const Scenario& scenario) {
  if (!run.stopped_by_harness || !scenario.stop) return false;
  constexpr int as_shells_say = 128;
  return std::ranges::any_of(signals_of(*scenario.stop), [&](int signal) {
    return run.root_end->is_exit() ? run.root_end->exit_code() == as_shells_say + signal
                                   : run.root_end->signal() == signal;
  });
}

/// Of what is longer than what is kept of it, the end is not known.
std::string last_line_of(const OutputStream& stream) {
  constexpr std::size_t most = 160;
  constexpr std::string_view blanks = " \t\r\n";
  std::string_view text = stream.head;
  const std::size_t end = text.find_last_not_of(blanks);
  if (stream.bytes > stream.head.size() || end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  text = text.substr(text.find_last_of("\r\n") + 1);  // of none: 0
  return std::string(text.substr(0, most));
}

}  // namespace

std::vector<FaultFreeEnd> fault_free_ends(std::span<const Evidence> runs, const Scenario& scenario) {
  std::vector<FaultFreeEnd> ends;
  for (const Evidence& run : runs) {
    if (!run.root_end || run.cut_by_harness) continue;
    const bool by_stop = is_by_stop(run, scenario);
    const auto known = std::ranges::find_if(
        ends, [&](const FaultFreeEnd& one) { return one.end == *run.root_end && one.by_its_stop == by_stop; });
    if (known != ends.end()) {
      ++known->runs;
      continue;
    }
    ends.push_back({.end = *run.root_end, .by_its_stop = by_stop, .runs = 1, .last_words = last_line_of(run.err)});
  }
  return ends;
}

std::string describe_end(const FaultFreeEnd& end, std::size_t runs) {
  std::string text = "without any fault ";
  if (end.runs != runs) text += fmt::format("in {} of {} runs ", end.runs, runs);
  text += end.end.is_exit() ? fmt::format("it ends with status {}", end.end.exit_code())
                            : fmt::format("{} ends it", end.end.print());
  if (!end.last_words.empty()) text += fmt::format(", and its last line on standard error is \"{}\"", end.last_words);
  return text;
}

}  // namespace exitproof
