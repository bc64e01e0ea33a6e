#include "properties/invariants/handler_fate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <vector>

#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

using Runs = std::vector<const HandlerRun*>;

constexpr std::string_view quick_exit = "quick_exit";
constexpr std::string_view at_quick_exit = "at_quick_exit";

HandlersAsked after_default_action(const Evidence& evidence, const ProcessPath& process) {
  if (struck_while_ending(evidence, process)) return HandlersAsked::noted;
  const ProcessRecord* record = evidence.find(process);
  if (record == nullptr || !record->end || !record->end->is_signal()) return HandlersAsked::exactly_once;
  const int signal = record->end->signal();
  const bool asks_to_end = signal == SIGINT || signal == SIGTERM;
  const bool goes_away = signal == SIGHUP || signal == SIGQUIT || signal == SIGPIPE;
  const bool by_plan = struck_down(evidence, process);
  return goes_away || (by_plan && !asks_to_end) ? HandlersAsked::noted : HandlersAsked::exactly_once;
}

bool has_ended(const Evidence& evidence, const ProcessPath& process) {
  const ProcessRecord* record = evidence.find(process);
  return record != nullptr && (record->died || record->end);
}

std::string_view way_out_of(const Evidence& evidence, const ProcessPath& process) {
  const ProcessRecord* record = evidence.find(process);
  return record != nullptr ? std::string_view(record->way_out) : std::string_view{};
}

// From then on nobody tells what it does with its handlers.
bool is_sandboxed(const Evidence& evidence, const ProcessPath& process) {
  const ProcessRecord* record = evidence.find(process);
  return record != nullptr && record->sandboxed.has_value();
}

bool may_stay_unrun(const Handler& handler, const Evidence& evidence) {
  if (handler.unregistered || is_sandboxed(evidence, handler.registrar)) return true;
  if (handler.kind == at_quick_exit && way_out_of(evidence, handler.registrar) != quick_exit) return true;
  return !handler.lost_by_exec && !has_ended(evidence, handler.registrar);
}

std::string why_unrun(const Handler& handler, const Evidence& evidence) {
  if (!handler.lost_by_exec) return how_ended(evidence, handler.registrar);
  return fmt::format("process {} was replaced by another program with exec", handler.registrar.print());
}

// As a handler does that finds that its work has failed: it flushes stdout, and a full disk refuses.
bool may_have_given_up(const Evidence& evidence, const ProcessPath& process) {
  constexpr std::array<std::string_view, 3> at_once = {"_exit", "_Exit", "os._exit"};
  const ProcessRecord* record = evidence.find(process);
  const bool failed = record != nullptr && record->end && record->end->is_exit() && !record->end->success();
  const bool interrupted =
      fired(evidence, Action::signal) || fired(evidence, Action::ctrl_c) || fired(evidence, Action::hangup);
  return failed && !interrupted && std::ranges::find(at_once, way_out_of(evidence, process)) != at_once.end();
}

std::string describe_run(const HandlerRun& run, const Handler& handler, const Evidence& evidence) {
  const ProcessPath process = run.thread.process();
  std::string_view kin;
  if (process.parent() == handler.registrar) {
    kin = "its child ";
  } else if (process.descends_from(handler.registrar)) {
    kin = "its descendant ";
  }
  return fmt::format("by {}{} at {}", kin, evidence.describe(process), describe_duration(run.started));
}

std::string describe_runs(const Runs& runs, const Handler& handler, const Evidence& evidence) {
  constexpr std::size_t shown = 8;
  std::vector<std::string> texts;
  for (const HandlerRun* run : runs) texts.push_back(describe_run(*run, handler, evidence));
  return several(texts, shown);
}

// A single run by the registrar that has not come to its end.
std::optional<std::string> why_unfinished(const HandlerRun& run, const Handler& handler, const Evidence& evidence) {
  if (run.finished && run.raised.empty()) return std::nullopt;
  if (!run.raised.empty()) return "was not run to its end: it raised " + run.raised;
  if (is_sandboxed(evidence, handler.registrar)) return std::nullopt;
  if (handler.lost_by_exec || has_ended(evidence, handler.registrar)) {
    return "was begun and not run to its end: " + why_unrun(handler, evidence);
  }
  return std::nullopt;
}

}  // namespace

std::string_view problem_name(HandlerProblem problem) {
  switch (problem) {
    case HandlerProblem::run_twice:
      return "run twice";
    case HandlerProblem::run_elsewhere:
      return "run elsewhere";
    case HandlerProblem::not_to_its_end:
      return "not run to its end";
    case HandlerProblem::never_run:
      return "never run";
  }
  return {};
}

bool handlers_are_told(const Evidence& evidence) {
  return std::ranges::any_of(evidence.agents, [](const AgentRecord& one) { return one.process.process().is_root(); });
}

HandlersAsked handlers_asked(const Evidence& evidence, const ProcessPath& process) {
  const Manner manner = manner_of(evidence, process);
  switch (asked(Duty::handlers_once, manner)) {
    case Asked::no:
      return HandlersAsked::nothing;
    case Asked::at_most_once:
      return HandlersAsked::at_most_once;
    case Asked::or_reclaimed:
    case Asked::yes:
      break;
  }
  return manner == Manner::default_signal ? after_default_action(evidence, process) : HandlersAsked::exactly_once;
}

std::optional<HandlerFate> fate_of(const Handler& handler, const Evidence& evidence) {
  const HandlersAsked asked = handlers_asked(evidence, handler.registrar);
  if (asked == HandlersAsked::nothing) return std::nullopt;
  Runs runs;
  for (const HandlerRun& run : handler.runs) {
    if (!is_foreign(run, handler) || run.changed_something) runs.push_back(&run);
  }
  if (runs.size() > 1 && !is_planted("handlers-once: more is better")) {
    const std::string times = runs.size() == 2 ? "twice" : fmt::format("{} times", runs.size());
    return HandlerFate{HandlerProblem::run_twice, true,
                       fmt::format("was run {}: {}", times, describe_runs(runs, handler, evidence))};
  }
  if (asked == HandlersAsked::at_most_once) return std::nullopt;
  const bool violation = asked == HandlersAsked::exactly_once;
  if (runs.empty()) {
    if (is_planted("handlers-once: a handler may stay unrun")) return std::nullopt;
    if (may_stay_unrun(handler, evidence)) return std::nullopt;
    return HandlerFate{HandlerProblem::never_run, violation, "was never run: " + why_unrun(handler, evidence)};
  }
  if (is_foreign(*runs.front(), handler)) {
    if (is_sandboxed(evidence, handler.registrar)) return std::nullopt;
    return HandlerFate{HandlerProblem::run_elsewhere, violation,
                       fmt::format("was run in another process: {}, and not by {}, which registered it",
                                   describe_runs(runs, handler, evidence), evidence.describe(handler.registrar))};
  }
  const auto why = why_unfinished(*runs.front(), handler, evidence);
  if (why && runs.front()->raised.empty() && may_have_given_up(evidence, handler.registrar)) {
    return HandlerFate{HandlerProblem::not_to_its_end, false, *why};
  }
  return why ? std::optional(HandlerFate{HandlerProblem::not_to_its_end, violation, *why}) : std::nullopt;
}

bool is_foreign(const HandlerRun& run, const Handler& handler) {
  return run.thread.process() != handler.registrar.process();
}

std::string describe(const Handler& handler) {
  std::string place;
  if (!handler.file.empty()) place = " at " + handler.file;
  if (!handler.file.empty() && handler.line > 0) place += fmt::format(":{}", handler.line);
  if (handler.name.empty()) return fmt::format("without a name ({}{})", handler.kind, place);
  return fmt::format("{} ({}{})", handler.name, handler.kind, place);
}

}  // namespace exitproof
