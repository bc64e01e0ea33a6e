#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "exitproof/invariant.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/no_hang.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "no-hang";
constexpr std::size_t tasks_told = 4;  // the replay's timeline names all

std::string describe(const Evidence& evidence, const BlockedTask& task) {
  const std::string who =
      task.command.empty() ? evidence.describe(task.who) : fmt::format("{} ({})", task.command, task.who.print());
  std::string text = fmt::format("{} {}", who, task.state());
  const std::string_view waker = who_could_wake(task.call);
  if (!waker.empty()) text += fmt::format(", which {} could end", waker);
  return text;
}

std::string tasks_of(const Evidence& evidence, const Hang& hang) {
  std::string text;
  const std::size_t told = std::min(hang.tasks.size(), tasks_told);
  for (std::size_t i = 0; i < told; ++i) text += "; " + describe(evidence, hang.tasks[i]);
  if (told < hang.tasks.size()) text += fmt::format("; and {} more tasks wait", hang.tasks.size() - told);
  return text;
}

bool was_asked(const Evidence& evidence) {
  return evidence.end_was_asked || evidence.stopped_by_harness;
}

// A subject that ends by itself, and was not asked to.
std::string why_late(const Evidence& evidence, const Hang& hang, const Baseline& baseline) {
  return fmt::format("{} did not end within {}{} after {}; fault-free runs end after {}",
                     evidence.describe(ProcessPath::root()), describe_duration(hang.blocked_for),
                     hang.skipped > Micros{0} ? " by its clock" : "", hang.asked_by,
                     describe_duration(baseline.longest_run));
}

std::string detail_of(const Evidence& evidence, const Baseline& baseline) {
  if (!evidence.hang) return evidence.describe(ProcessPath::root()) + " was asked to end and did not";
  const Hang& hang = *evidence.hang;
  const std::string asked_by = hang.asked_by.empty() ? "it was asked to end" : hang.asked_by;
  const std::string blocked_for = describe_duration(hang.blocked_for);
  std::string detail = evidence.root_end ? "the subject" : evidence.describe(ProcessPath::root());
  detail += hang.at_once ? fmt::format(" cannot end after {}: nothing can wake it", asked_by)
                         : fmt::format(" had not ended {} after {}", blocked_for, asked_by);
  if (!was_asked(evidence)) detail = why_late(evidence, hang, baseline);
  return detail + tasks_of(evidence, hang);
}

bool stopped_by_plan(const Evidence& evidence) {
  return std::ranges::any_of(evidence.faults, [](const FaultRecord& fault) {
    const int signal = fault.fault.action == Action::signal ? fault.fault.signal : 0;
    return fault.fired && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU);
  });
}

// The deadline is a multiple of the clean run: where that has no known end, only who was asked itself is late.
std::optional<std::string> why_not_late(const Evidence& evidence, const Baseline& baseline) {
  if (!was_asked(evidence)) {
    const bool was_struck = std::ranges::any_of(evidence.faults, &FaultRecord::fired);
    const bool ends_by_itself = baseline.ended && baseline.runs > 0 && !baseline.waits;
    if (!evidence.hang || !was_struck || !ends_by_itself) return "the subject did not end, and was not asked to";
    if (evidence.hang->by_timer) return "the subject goes on by a timer; a longer --timeout tells whether it ends";
    if (stopped_by_plan(evidence)) return "the subject did not end, and a signal of the plan had stopped it";
    return std::nullopt;
  }
  const bool judged_at_once = evidence.hang && evidence.hang->at_once;
  if (baseline.ended || judged_at_once || root_was_asked_to_end(evidence)) return std::nullopt;
  return "the subject did not end, and no fault-free run did in such a time";
}

bool goes_on_after_fault(const Evidence& evidence) {
  return evidence.hang && evidence.hang->by_timer && std::ranges::any_of(evidence.faults, &FaultRecord::fired);
}

// Whether it will give up, as bash does with a failed fork(2) after 31 s, nobody can tell by then.
Note note_of(const Evidence& evidence) {
  const ProcessPath root = ProcessPath::root();
  const Hang& hang = *evidence.hang;
  std::string detail = fmt::format("{} had not ended {} after {}: it wakes and waits again by a timer ({} seen)",
                                   evidence.describe(root), describe_duration(hang.blocked_for), hang.asked_by,
                                   hang.wakes == 1 ? "1 wake" : fmt::format("{} wakes", hang.wakes));
  detail += tasks_of(evidence, hang);
  const std::string command = command_of(evidence, root);
  return {std::string(name), root, command, command, detail + "; a longer --timeout tells whether it ends"};
}

}  // namespace

bool hang_is_late(const Evidence& evidence, const Baseline& baseline) {
  return evidence.hang && !evidence.cut_by_harness && !why_not_late(evidence, baseline) &&
         asked(Duty::bounded_end, manner_of(evidence, ProcessPath::root())) != Asked::no;
}

namespace {

Opinion opinion(const Evidence& evidence, const Contract&, const Baseline& baseline) {
  Opinion result;
  if (evidence.cut_by_harness) {
    result.skipped.push_back(*why_no_end(evidence));
    return result;
  }
  if (!why_no_end(evidence)) return result;
  if (const auto why = why_not_late(evidence, baseline)) {
    result.skipped.push_back(*why);
    if (goes_on_after_fault(evidence)) result.notes.push_back(note_of(evidence));
    return result;
  }
  const bool at_once = evidence.hang && evidence.hang->at_once;
  if (is_planted(at_once ? "no-hang: what nothing can wake will wake" : "no-hang: every deadline is kept"))
    return result;
  const ProcessPath root = ProcessPath::root();
  const Manner manner = manner_of(evidence, root);
  if (asked(Duty::bounded_end, manner) == Asked::no) return result;
  const std::string command = command_of(evidence, root);
  result.violations.push_back({std::string(name), root, command, command, detail_of(evidence, baseline), manner});
  return result;
}

}  // namespace

extern const Invariant no_hang;
const Invariant no_hang{"no-hang", "once an end was asked for, or after a fault, the subject ends in bounded time",
                        opinion};

}  // namespace exitproof
