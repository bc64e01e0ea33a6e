#include "exitproof/fault.hpp"

#include <cerrno>
#include <csignal>
#include <vector>

#include <fmt/format.h>

#include "exitproof/check.hpp"
#include "exitproof/names.hpp"
#include "harness/model/grammar.hpp"
#include "harness/model/name_table.hpp"

namespace exitproof {
namespace {

/// What an action's word is followed by.
enum class Argument : std::uint8_t { none, signal, error, bytes, pause, exception };
/// At which points an action can happen.
enum class Where : std::uint8_t { anywhere, call, writing_call, probe, allocation, python };

struct ActionRow {
  Action action;
  std::string_view word;  ///< empty: the argument alone names the action
  Argument argument;
  Where where;
  bool needs_process;  ///< it is done to one process: the site must name it
  FaultKind kind;
};

constexpr std::array<ActionRow, action_count> actions{{
    {Action::kill, "kill", Argument::none, Where::anywhere, true, FaultKind::kill},
    {Action::kill_tree, "kill-tree", Argument::none, Where::anywhere, false, FaultKind::kill_tree},
    {Action::ctrl_c, "ctrl-c", Argument::none, Where::anywhere, false, FaultKind::ctrl_c},
    {Action::signal, "", Argument::signal, Where::anywhere, true, FaultKind::signals},
    {Action::hangup, "hangup", Argument::none, Where::anywhere, false, FaultKind::hangup},
    {Action::full, "full", Argument::none, Where::anywhere, false, FaultKind::full},
    {Action::fail, "", Argument::error, Where::call, true, FaultKind::errno_},
    {Action::short_write, "short", Argument::bytes, Where::writing_call, true, FaultKind::short_},
    {Action::epipe, "epipe", Argument::none, Where::anywhere, true, FaultKind::epipe},
    {Action::pause, "pause", Argument::pause, Where::anywhere, true, FaultKind::pause},
    {Action::throw_, "throw", Argument::none, Where::probe, true, FaultKind::exception},
    {Action::bad_alloc, "bad-alloc", Argument::none, Where::allocation, true, FaultKind::exception},
    {Action::raise, "raise", Argument::exception, Where::python, true, FaultKind::exception},
}};

constexpr bool actions_complete() {
  for (std::size_t i = 0; i < action_count; ++i)
    if (static_cast<std::size_t>(actions[i].action) != i) return false;
  return actions.back().action == Action::raise;
}
static_assert(actions_complete());

constexpr NameTable<FaultKind, fault_kind_count> kind_names{{{
    {FaultKind::none, "none"},
    {FaultKind::kill, "kill"},
    {FaultKind::kill_tree, "kill-tree"},
    {FaultKind::ctrl_c, "ctrl-c"},
    {FaultKind::signals, "signals"},
    {FaultKind::hangup, "hangup"},
    {FaultKind::full, "full"},
    {FaultKind::errno_, "errno"},
    {FaultKind::short_, "short"},
    {FaultKind::epipe, "epipe"},
    {FaultKind::exception, "exception"},
    {FaultKind::pause, "pause"},
    {FaultKind::enospc, "enospc"},
}}};
static_assert(kind_names.complete_up_to(FaultKind::enospc));

const ActionRow& row_of(Action action) {
  const auto index = static_cast<std::size_t>(action);
  check(index < actions.size(), "an action without a row");
  return actions[index];
}

const ActionRow* row_of_word(std::string_view word) {
  for (const ActionRow& row : actions)
    if (!row.word.empty() && row.word == word) return &row;
  return nullptr;
}

std::span<const std::string_view> known_words() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> words;
    for (const ActionRow& row : actions)
      if (!row.word.empty()) words.push_back(row.word);
    words.insert(words.end(), all_signal_names().begin(), all_signal_names().end());
    words.insert(words.end(), all_errno_names().begin(), all_errno_names().end());
    return words;
  }();
  return all;
}

bool is_class_name(std::string_view name) {
  bool at_start = true;
  for (const char c : name) {
    if (c == '.' ? at_start : c == '-' || !is_plain(c) || (at_start && is_digit(c))) return false;
    at_start = c == '.';
  }
  return !at_start;
}

void read_argument(TextCursor& cursor, Argument argument, Fault& fault) {
  switch (argument) {
    case Argument::none:
    case Argument::signal:
    case Argument::error:
      return;
    case Argument::bytes:
      cursor.expect("=", "'=' and a number of bytes");
      fault.bytes = cursor.number("a number of bytes", {});
      return;
    case Argument::pause:
      if (cursor.accept("=")) fault.pause = grammar::duration(cursor);
      return;
    case Argument::exception: {
      cursor.expect("=", "'=' and an exception's class");
      const std::size_t from = cursor.offset();
      fault.exception = cursor.take_while(is_plain);
      if (!is_class_name(fault.exception)) cursor.fail_at(from, "an exception's class, such as KeyboardInterrupt");
      return;
    }
  }
}

bool ends_word(char c) {
  return c == '@' || c == '=' || c == ',' || c == '+';
}

/// Reads what stands before the '@'.
void read_action(TextCursor& cursor, Fault& fault) {
  const std::size_t from = cursor.offset();
  const std::string_view word = cursor.take_while([](char c) { return !ends_word(c); });
  if (const ActionRow* row = row_of_word(word)) {
    fault.action = row->action;
    read_argument(cursor, row->argument, fault);
    return;
  }
  if (const std::optional<int> error = errno_number(word)) {
    fault.action = Action::fail;
    fault.error = *error;
    fault.persistent = cursor.accept("+");
    return;
  }
  // The '+' of SIGRTMIN+3 belongs to the name.
  cursor.take_while([](char c) { return !ends_word(c) || c == '+'; });
  const std::string_view name = cursor.since(from);
  const std::optional<int> number = signal_number(name);
  if (!number) cursor.fail_at_name(from, name, "an action, a signal or an errno", known_words());
  if (*number == SIGKILL) cursor.fail_at(from, "'kill' for SIGKILL");
  fault.action = Action::signal;
  fault.signal = *number;
}

bool is_writing_call(const Point& point) {
  const auto* call = std::get_if<CallPoint>(&point);
  return call && (call->call_class == CallClass::write || call->call_class == CallClass::out ||
                  call->call_class == CallClass::send);
}

/// Why an action cannot happen at a site: what it asks for. Empty: it can.
std::string_view misplaced(const ActionRow& row, const Site& site) {
  if (row.needs_process && !site.process) return "a process before the point: this is done to one process";
  switch (row.where) {
    case Where::anywhere:
      return "";
    case Where::call:
      if (!std::holds_alternative<CallPoint>(site.point)) return "a call, such as 0:write:1: only a call can fail";
      break;
    case Where::writing_call:
      if (!is_writing_call(site.point)) return "a write, out or send, such as 0:write:1: only they can be short";
      break;
    case Where::probe:
      if (!std::holds_alternative<ProbePoint>(site.point)) return "a point of the probe, such as 0:probe=save:1";
      break;
    case Where::allocation:
      if (!std::holds_alternative<NewPoint>(site.point)) return "an allocation, such as 0:new:1";
      break;
    case Where::python:
      if (!std::holds_alternative<LinePoint>(site.point) && !std::holds_alternative<CallEventPoint>(site.point))
        return "a Python event, such as 0:line=report:1 or 0:call=report:1";
      break;
  }
  if (site.after) return "no :after: the call itself is changed";
  return site.delay == Millis{0} ? "" : "no delay: it happens at that very point";
}

std::string print_action(const Fault& fault) {
  const ActionRow& row = row_of(fault.action);
  switch (row.argument) {
    case Argument::none:
      return std::string(row.word);
    case Argument::signal:
      return signal_name(fault.signal);
    case Argument::error:
      return errno_name(fault.error) + (fault.persistent ? "+" : "");
    case Argument::bytes:
      return fmt::format("{}={}", row.word, fault.bytes);
    case Argument::pause:
      return fault.pause ? fmt::format("{}={}", row.word, print_duration(*fault.pause)) : std::string(row.word);
    case Argument::exception:
      return fmt::format("{}={}", row.word, fault.exception);
  }
  check(false, "an argument without a text form");
  return {};
}

constexpr std::string_view schedule_word = "schedule=";

std::uint64_t read_seed(TextCursor& cursor) {
  return cursor.number("the schedule's seed, a number", {});
}

}  // namespace

Fault grammar::fault(TextCursor& cursor) {
  Fault fault;
  if (cursor.at_end()) cursor.fail("a fault, such as kill@0:write:1");
  read_action(cursor, fault);
  cursor.expect("@", "'@' and a site");
  const std::size_t site_from = cursor.offset();
  fault.site = grammar::site(cursor);
  if (const std::string_view wanted = misplaced(row_of(fault.action), fault.site); !wanted.empty())
    throw ParseError(site_from + 1, std::string(wanted), quote(cursor.since(site_from)));
  return fault;
}

Fault Fault::parse(std::string_view text) {
  TextCursor cursor(text);
  Fault fault = grammar::fault(cursor);
  cursor.expect_end();
  return fault;
}

std::string Fault::print() const {
  return print_action(*this) + "@" + site.print();
}

FaultPlan FaultPlan::parse(std::string_view text) {
  FaultPlan plan;
  TextCursor cursor(text);
  const bool none = text == "none" || text.starts_with("none,");
  if (none)
    cursor.expect("none", "none");
  else
    plan.faults.push_back(grammar::fault(cursor));
  while (!cursor.at_end()) {
    cursor.expect(",", "',' or the end");
    if (cursor.accept(schedule_word)) {
      plan.schedule = read_seed(cursor);
      cursor.expect_end();
    } else if (none) {
      cursor.fail("'schedule=SEED' after none");
    } else {
      plan.faults.push_back(grammar::fault(cursor));
    }
  }
  return plan;
}

std::string FaultPlan::print() const {
  std::string text;
  for (const Fault& fault : faults) text += (text.empty() ? "" : ",") + fault.print();
  if (faults.empty()) text = "none";
  if (schedule) text += fmt::format(",{}{}", schedule_word, *schedule);
  return text;
}

std::string_view fault_kind_name(FaultKind kind) {
  return kind_names.name(kind);
}

std::optional<FaultKind> fault_kind_of_name(std::string_view name) {
  return kind_names.value(name);
}

const std::array<FaultKind, fault_kind_count>& all_fault_kinds() {
  static constexpr std::array<FaultKind, fault_kind_count> all = kind_names.values();
  return all;
}

FaultKind fault_kind(const Fault& fault) {
  if (fault.action == Action::fail && fault.error == ENOSPC) return FaultKind::enospc;
  return row_of(fault.action).kind;
}

}  // namespace exitproof
