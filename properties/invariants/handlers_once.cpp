#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "exitproof/invariant.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/handler_fate.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/once_lines.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "handlers-once";

// Of these there may be hundreds, which nobody registered by name.
constexpr std::string_view static_destructor = "static destructor";

// Run by their process one after the other, the last registered first.
constexpr std::array<std::string_view, 4> kinds_in_order = {"atexit", "on_exit", "at_quick_exit", "python atexit"};

bool is_asked_for(const Handler& handler, const Contract& contract) {
  return !handler.of_runtime || contract.runtime_handlers;
}

std::string subject_of(const Handler& handler) {
  if (handler.kind == static_destructor) return "static destructors";
  return handler.name.empty() ? handler.kind : handler.name;
}

struct Judged {
  const Handler* handler = nullptr;
  HandlerFate fate;
};

using Names = std::pair<std::string, std::string>;  // command and subject
using Groups = std::map<Names, std::vector<Judged>>;

Names names_of(const Evidence& evidence, const Handler& handler) {
  return {command_of(evidence, handler.registrar), subject_of(handler)};
}

auto by_place(const Handler& handler) {
  return std::tuple(handler.registrar, handler.registered, handler.number);
}

std::string and_more(std::size_t count, const Handler& handler) {
  if (count == 0) return {};
  const bool unnamed = handler.name.empty() || handler.kind == static_destructor;
  return fmt::format("; so it is with {} more{}{}", count, unnamed ? " " : " of that name",
                     unnamed ? subject_of(handler) : std::string{});
}

// One sentence for each way in which handlers of one name went wrong.
std::string detail_of(const std::vector<Judged>& group) {
  std::string detail;
  for (auto first = group.begin(); first != group.end();) {
    const auto next =
        std::find_if(first, group.end(), [&](const Judged& one) { return one.fate.problem != first->fate.problem; });
    detail += fmt::format("{}exit handler {} {}{}", detail.empty() ? "" : "; and ", describe(*first->handler),
                          first->fate.words, and_more(static_cast<std::size_t>(next - first) - 1, *first->handler));
    first = next;
  }
  return detail;
}

std::vector<ViolationCase> cases_of(const std::vector<Judged>& group) {
  std::vector<ViolationCase> cases;
  for (const Judged& one : group) {
    const std::string way(problem_name(one.fate.problem));
    if (cases.empty() || cases.back().way != way) cases.push_back({way, 0});
    ++cases.back().count;
  }
  return cases;
}

// Nobody can say which handler of a stripped program it is, nor whether its author minds: those of system programs
// flush and close what the system flushes and closes as well.
void skip_nameless(const Evidence& evidence, const Handler& handler, Opinion& result) {
  const std::string why = fmt::format(
      "{} has exit handlers without a name, since its executable has no symbols: whether they run is not judged",
      command_of(evidence, handler.registrar));
  if (std::ranges::find(result.skipped, why) == result.skipped.end()) result.skipped.push_back(why);
}

void judge_runs(const Evidence& evidence, const Contract& contract, Opinion& result) {
  Groups violations;
  Groups notes;
  for (const Handler& handler : evidence.handlers) {
    if (!is_asked_for(handler, contract)) continue;
    if (auto fate = fate_of(handler, evidence)) {
      if (handler.name.empty() && handler.kind != static_destructor) {
        if (!handler.lost_by_exec) skip_nameless(evidence, handler, result);
        continue;
      }
      Groups& groups = fate->violation ? violations : notes;
      groups[names_of(evidence, handler)].push_back({&handler, std::move(*fate)});
    }
  }
  const auto order = [](const Judged& one) { return std::tuple(one.fate.problem, by_place(*one.handler)); };
  for (auto& [names, group] : violations) {
    std::ranges::sort(group, {}, order);
    const ProcessPath process = group.front().handler->registrar;
    result.violations.push_back({.invariant = std::string(name),
                                 .process = process,
                                 .command = names.first,
                                 .subject = names.second,
                                 .detail = detail_of(group),
                                 .manner = manner_of(evidence, process),
                                 .cases = cases_of(group)});
  }
  for (auto& [names, group] : notes) {
    std::ranges::sort(group, {}, order);
    const ProcessPath process = group.front().handler->registrar;
    result.notes.push_back({std::string(name), process, names.first, names.second, detail_of(group)});
  }
}

// No more than is known: what a handler stores in memory that others share is not seen, nor what it would have done had
// it not been cut.
std::string guarded_words(const Evidence& evidence, const Handler& handler, const HandlerRun& run) {
  const bool cut = !run.finished && run.raised.empty();
  return fmt::format("{}{} {} exit handler {} of {} and made no call that changes anything",
                     cut ? "" : "guarded: ", evidence.describe(run.thread.process()), cut ? "began" : "ran",
                     describe(handler), evidence.describe(handler.registrar));
}

void note_guarded(const Evidence& evidence, const Contract& contract, Opinion& result) {
  struct Guarded {
    const Handler* handler;
    const HandlerRun* run;
  };
  std::map<Names, std::vector<Guarded>> groups;
  for (const Handler& handler : evidence.handlers) {
    if (!is_asked_for(handler, contract)) continue;
    for (const HandlerRun& run : handler.runs) {
      if (is_foreign(run, handler) && !run.changed_something)
        groups[names_of(evidence, handler)].push_back({&handler, &run});
    }
  }
  for (auto& [names, group] : groups) {
    std::ranges::sort(group, {},
                      [](const Guarded& one) { return std::tuple(one.run->thread, by_place(*one.handler)); });
    const auto& [handler, run] = group.front();
    const std::string more =
        group.size() > 1 ? fmt::format("; and so in {} more run{}", group.size() - 1, group.size() > 2 ? "s" : "") : "";
    result.notes.push_back({std::string(name), handler->registrar, names.first, names.second,
                            guarded_words(evidence, *handler, *run) + more});
  }
}

// The first run of a handler by its own process.
const HandlerRun* own_run(const Handler& handler) {
  const auto found =
      std::ranges::find_if(handler.runs, [&](const HandlerRun& run) { return !is_foreign(run, handler); });
  return found == handler.runs.end() ? nullptr : &*found;
}

// Whether `first` was run while `second`, which was registered later, was still waiting for its turn.
bool out_of_turn(const Handler& first, const Handler& second) {
  const Micros started = own_run(first)->started;
  return first.registered < second.registered && second.registered < started && started < own_run(second)->started;
}

void note_order(const Evidence& evidence, const Contract& contract, Opinion& result) {
  std::map<std::tuple<ProcessPath, std::string>, std::vector<const Handler*>> lists;
  for (const Handler& handler : evidence.handlers) {
    const bool in_order = std::ranges::find(kinds_in_order, handler.kind) != kinds_in_order.end();
    if (in_order && is_asked_for(handler, contract) && own_run(handler) != nullptr)
      lists[{handler.registrar.process(), handler.kind}].push_back(&handler);
  }
  for (auto& [key, list] : lists) {
    std::ranges::sort(list, {}, [](const Handler* one) { return by_place(*one); });
    // Of handlers that were run in turn, each was started before all that were registered earlier.
    for (std::size_t i = 0; i + 1 < list.size(); ++i) {
      if (!out_of_turn(*list[i], *list[i + 1])) continue;
      const ProcessPath& process = list[i]->registrar;
      result.notes.push_back({std::string(name), process, command_of(evidence, process), subject_of(*list[i]),
                              fmt::format("{} ran exit handler {} before {}, which was registered later",
                                          evidence.describe(process), describe(*list[i]), describe(*list[i + 1]))});
      break;
    }
  }
}

// Where anybody could have told of them.
void skip_sandboxed(const Evidence& evidence, Opinion& result) {
  std::vector<std::string> names;
  for (const ProcessRecord& process : evidence.processes) {
    if (process.sandboxed) names.push_back(evidence.describe(process.path));
  }
  if (names.empty() || evidence.agents.empty()) return;
  constexpr std::size_t shown = 4;
  const bool one = names.size() == 1;
  result.skipped.push_back(
      fmt::format("{} put a filter on {} own calls: what {} with {} exit handlers from then on is not known",
                  several(names, shown), one ? "its" : "their", one ? "it does" : "they do", one ? "its" : "their"));
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_end(evidence)) {
    result.skipped.push_back(*why);
    return result;
  }
  judge_runs(evidence, contract, result);
  note_guarded(evidence, contract, result);
  note_order(evidence, contract, result);
  skip_sandboxed(evidence, result);
  judge_once_lines(evidence, contract, baseline, result);
  // A root that was struck before its agent could speak had nothing that the agent would have told of.
  const bool struck_early = baseline.handlers_told && struck_down(evidence, ProcessPath::root());
  if (!handlers_are_told(evidence) && contract.once.empty() && !struck_early) {
    const std::string root = evidence.describe(ProcessPath::root());
    const bool silenced = baseline.handlers_told && was_struck(evidence, ProcessPath::root());
    result.skipped.push_back(silenced ? root + " was struck before its agent could speak, and told of no handler"
                                      : "no probe and no agent was active in " + root);
  }
  return result;
}

}  // namespace

extern const Invariant handlers_once;
const Invariant handlers_once{
    "handlers-once",
    "every exit handler runs exactly once, to its end, in its own process; destructors of static "
    "objects are asked for with --static-destructors alone",
    opinion};

}  // namespace exitproof
