#include "properties/invariants/contract_table.hpp"

#include <algorithm>
#include <csignal>

namespace exitproof {
namespace {

using enum Asked;

// One row a manner, in the order of Manner; one column a duty, in the order of Duty.
constexpr std::array<std::array<Asked, duty_count>, manner_count> table = {{
    // children, descendants, leftovers, bounded end, terminal, outputs, status, own files, handlers, next run
    {yes, yes, yes, yes, yes, yes, yes, yes, yes, yes},                          // normal
    {yes, yes, yes, yes, yes, yes, yes, yes, yes, yes},                          // caught_signal
    {no, yes, yes, yes, no, yes, no, yes, yes, yes},                             // default_signal
    {no, yes, or_reclaimed, yes, no, or_reclaimed, no, yes, at_most_once, yes},  // sigkill
    {no, no, or_reclaimed, no, no, or_reclaimed, no, no, no, yes},               // sigkill_tree
}};
static_assert(static_cast<std::size_t>(Manner::sigkill_tree) + 1 == manner_count);
static_assert(static_cast<std::size_t>(Duty::next_run_works) + 1 == duty_count);

bool struck(const FaultRecord& fault, const ProcessPath& process) {
  return std::ranges::any_of(fault.struck, [&](const ProcessPath& one) { return one.process() == process.process(); });
}

// A pause is done to the thread at whose call it stands.
bool held(const FaultRecord& fault, const ProcessPath& process) {
  if (!fault.fired || fault.fault.action != Action::pause) return false;
  return struck(fault, process) || (fault.at_thread && fault.at_thread->process() == process.process());
}

std::optional<int> signal_of(const Fault& fault) {
  switch (fault.action) {
    case Action::kill:
    case Action::kill_tree:
      return SIGKILL;
    case Action::ctrl_c:
      return SIGINT;
    case Action::hangup:
      return SIGHUP;
    case Action::signal:
      return fault.signal;
    case Action::full:
    case Action::fail:
    case Action::short_write:
    case Action::epipe:
    case Action::pause:
    case Action::throw_:
    case Action::bad_alloc:
    case Action::raise:
      return std::nullopt;
  }
  return std::nullopt;
}

bool strikes_machine(const Fault& fault) {
  switch (fault.action) {
    case Action::full:
    case Action::epipe:
      return true;
    case Action::fail:
      return fault.persistent;
    case Action::kill:
    case Action::kill_tree:
    case Action::ctrl_c:
    case Action::signal:
    case Action::hangup:
    case Action::short_write:
    case Action::pause:
    case Action::throw_:
    case Action::bad_alloc:
    case Action::raise:
      return false;
  }
  return false;
}

std::optional<WaitStatus> end_of(const Evidence& evidence, const ProcessPath& process) {
  if (process.is_root() && evidence.root_end) return evidence.root_end;
  const ProcessRecord* record = evidence.find(process.process());
  return record != nullptr ? record->end : std::nullopt;
}

bool ended_by(const std::optional<WaitStatus>& end, int signal) {
  return end && end->is_signal() && end->signal() == signal;
}

// The landing is on record for the first struck process only; of the others the end tells.
Manner after_signal(const FaultRecord& fault, int signal, const ProcessPath& process,
                    const std::optional<WaitStatus>& end) {
  const Manner by_end = ended_by(end, signal) ? Manner::default_signal : Manner::caught_signal;
  if (fault.struck.front().process() != process.process()) return by_end;
  switch (fault.landing) {
    case Landing::death:
      // Who goes on, or exits, was on its way out already or took the signal in another way.
      return end && end->is_signal() ? Manner::default_signal : Manner::caught_signal;
    case Landing::caught:
      return Manner::caught_signal;
    case Landing::pending:
      return by_end;
    case Landing::none:
    case Landing::ignored:
    case Landing::input:
    case Landing::call:
    case Landing::world:
    case Landing::held:
    case Landing::thrown:
      return Manner::normal;
  }
  return Manner::normal;
}

Manner after_fault(const Evidence& evidence, const FaultRecord& fault, const ProcessPath& process) {
  if (!fault.fired) return Manner::normal;
  if (fault.fault.action == Action::kill_tree) return Manner::sigkill_tree;
  const std::optional<int> signal = signal_of(fault.fault);
  if (!signal || !struck(fault, process)) return Manner::normal;
  const std::optional<WaitStatus> end = end_of(evidence, process);
  if (*signal != SIGKILL) return after_signal(fault, *signal, process, end);
  return fault.landing == Landing::none && !ended_by(end, SIGKILL) ? Manner::normal : Manner::sigkill;
}

Manner worst_fault(const Evidence& evidence, const ProcessPath& process) {
  Manner manner = Manner::normal;
  for (const FaultRecord& fault : evidence.faults) manner = std::max(manner, after_fault(evidence, fault, process));
  return manner;
}

// At the very end of a Python program that an exception of the plan has ended as Ctrl+C does, it raises SIGINT.
bool interrupted_itself(const Evidence& evidence, const ProcessPath& process, const WaitStatus& end) {
  if (end.signal() != SIGINT) return false;
  return std::ranges::any_of(evidence.faults, [&](const FaultRecord& fault) {
    return fault.fired && fault.fault.action == Action::raise && fault.at_thread &&
           fault.at_thread->process() == process.process();
  });
}

}  // namespace

Asked asked(Duty duty, Manner manner) {
  return table.at(static_cast<std::size_t>(manner)).at(static_cast<std::size_t>(duty));
}

Manner manner_of(const Evidence& evidence, const ProcessPath& process) {
  const Manner manner = worst_fault(evidence, process);
  const std::optional<WaitStatus> end = end_of(evidence, process);
  if (ended_by(end, SIGKILL)) return std::max(manner, Manner::sigkill);
  if (manner == Manner::normal && end && end->is_signal() && !interrupted_itself(evidence, process, *end))
    return Manner::default_signal;
  return manner;
}

Manner manner_of_maker(const Evidence& evidence, const ProcessPath& process) {
  for (std::optional<ProcessPath> one = process.process().parent(); one; one = one->parent()) {
    if (struck_down(evidence, *one)) return manner_of(evidence, *one);
  }
  return manner_of(evidence, ProcessPath::root());
}

bool struck_down(const Evidence& evidence, const ProcessPath& process) {
  return worst_fault(evidence, process) >= Manner::default_signal;
}

bool struck_while_ending(const Evidence& evidence, const ProcessPath& process) {
  bool on_its_way = process.is_root() && evidence.stopped_by_harness;
  for (const FaultRecord& fault : evidence.faults) {
    const Manner manner = after_fault(evidence, fault, process);
    if (on_its_way && manner == Manner::default_signal) return true;
    on_its_way = on_its_way || manner == Manner::caught_signal;
  }
  return false;
}

bool only_others_struck(const Evidence& evidence) {
  const auto is_root = [](const ProcessPath& one) { return one.process().is_root(); };
  bool any = false;
  for (const FaultRecord& fault : evidence.faults) {
    if (!fault.fired) continue;
    const bool at_root = fault.struck.empty() && (!fault.at_thread || is_root(*fault.at_thread));
    if (at_root || std::ranges::any_of(fault.struck, is_root)) return false;
    any = true;
  }
  return any;
}

std::vector<ProcessPath> struck_by_sigkill(const Evidence& evidence) {
  std::vector<ProcessPath> processes;
  for (const FaultRecord& fault : evidence.faults) {
    if (!fault.fired || signal_of(fault.fault) != SIGKILL) continue;
    for (const ProcessPath& one : fault.struck) processes.push_back(one.process());
  }
  return processes;
}

bool was_struck(const Evidence& evidence, const ProcessPath& process) {
  return std::ranges::any_of(evidence.faults,
                             [&](const FaultRecord& fault) { return fault.fired && struck(fault, process); });
}

bool machine_was_struck(const Evidence& evidence) {
  return std::ranges::any_of(evidence.faults,
                             [](const FaultRecord& fault) { return fault.fired && strikes_machine(fault.fault); });
}

bool fired(const Evidence& evidence, Action action) {
  return std::ranges::any_of(evidence.faults,
                             [&](const FaultRecord& fault) { return fault.fired && fault.fault.action == action; });
}

Micros held_by_plan(const Evidence& evidence, const ProcessPath& process, const Span& during) {
  Micros sum{0};
  for (const FaultRecord& fault : evidence.faults) {
    if (!held(fault, process)) continue;
    if (fault.hold) {
      const Micros end = std::min(fault.at + fault.hold->lasted, during.to);
      sum += std::max(end - std::max(fault.at, during.from), Micros{0});
    } else if (fault.fault.pause) {
      sum += *fault.fault.pause;
    } else {
      return Micros::max();
    }
  }
  return sum;
}

bool held_beyond_root(const Evidence& evidence, const ProcessPath& process) {
  return std::ranges::any_of(evidence.faults, [&](const FaultRecord& fault) {
    if (!held(fault, process)) return false;
    if (fault.hold) return fault.at + fault.hold->lasted > evidence.root_ended_at;
    return !fault.fault.pause || fault.at + *fault.fault.pause > evidence.root_ended_at;
  });
}

bool root_was_asked_to_end(const Evidence& evidence) {
  return evidence.stopped_by_harness || std::ranges::any_of(evidence.faults, [](const FaultRecord& fault) {
           const bool lands =
               fault.landing == Landing::death || fault.landing == Landing::caught || fault.landing == Landing::pending;
           return fault.fired && lands && struck(fault, ProcessPath::root());
         });
}

std::optional<std::string> why_no_comparison(const Evidence& evidence, const Baseline& baseline) {
  if (auto why = why_no_end(evidence)) return why;
  if (baseline.runs == 0) return "no fault-free run says what the outputs are";
  if (!baseline.ended) return "the fault-free runs were cut, so the outputs are unknown";
  return std::nullopt;
}

std::optional<std::string> why_no_end(const Evidence& evidence) {
  if (evidence.cut_by_harness) return "the run was cut before it ended";
  if (evidence.hang && evidence.hang->by_timer) return "the subject had not ended at its deadline";
  if (evidence.hang || !evidence.root_end) return "the subject did not end";
  return std::nullopt;
}

}  // namespace exitproof
