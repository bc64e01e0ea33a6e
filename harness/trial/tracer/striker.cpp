#include "harness/trial/tracer/striker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "exitproof/check.hpp"
#include "exitproof/names.hpp"
#include "harness/linux/signals.hpp"
#include "harness/probe/include/exitproof/probe.h"
#include "harness/trial/tracer/call_faults.hpp"
#include "harness/trial/tree/blocked.hpp"

namespace exitproof {

namespace {

constexpr char interrupt_key = '\x03';
constexpr std::chrono::milliseconds pending_limit{100};

bool asks_for_an_end(Landing landing) {
  return landing == Landing::death || landing == Landing::caught || landing == Landing::pending;
}

bool waits_for_freeze(Action action) {
  return action == Action::kill_tree || action == Action::ctrl_c || action == Action::hangup || action == Action::full;
}

}  // namespace

void Striker::mark(FaultRecord& record, Process& process) {
  process.struck = true;
  record.struck.push_back(process.path);
}

Landing Striker::landing_of(const Process& process, int signal) const {
  const auto sets = sys::read_signal_sets(process.pid);
  if (process.dead || !sets) {
    return Landing::none;
  }
  // The kernel gives the signal to the main thread, if that one does not block it.
  if (!process.tasks.empty() && waits_for_signal(*process.tasks.front(), signal)) {
    return Landing::pending;
  }
  if (sets->has(sets->ignored, signal)) {
    return Landing::ignored;
  }
  if (sets->has(sets->blocked, signal)) {
    return Landing::pending;
  }
  if (sets->has(sets->caught, signal)) {
    return Landing::caught;
  }
  return sys::is_ignored_by_default(signal) ? Landing::ignored : Landing::death;
}

void Striker::kill_one(FaultRecord& record, Process& target) {
  mark(record, target);
  record.landing = Landing::death;
  ::kill(target.pid, SIGKILL);
  context_.evidence.end_was_asked = true;
}

void Striker::kill_all(FaultRecord& record) {
  record.landing = Landing::death;
  for (Process* process : context_.tree.alive()) {
    mark(record, *process);
  }
  for (const Process* process : context_.tree.alive()) {
    ::kill(process->pid, SIGKILL);
  }
  context_.evidence.end_was_asked = true;
}

void Striker::send_signal(FaultRecord& record, Process& target, int signal) {
  mark(record, target);
  record.landing = landing_of(target, signal);
  ::kill(target.pid, signal);
  context_.evidence.end_was_asked = context_.evidence.end_was_asked || asks_for_an_end(record.landing);
}

std::vector<Process*> Striker::group_members(pid_t group) {
  std::vector<Process*> members;
  for (Process* process : context_.tree.alive()) {
    const auto stat = sys::read_process_stat(process->pid);
    if (stat && stat->group == group && stat->state != 'Z') {
      members.push_back(process);
    }
  }
  return members;
}

void Striker::await_pending(const std::vector<Process*>& members, int signal) {
  // The line discipline works in a kernel thread of its own: the signal comes a little later.
  const auto deadline = TrialContext::Clock::now() + pending_limit;
  const auto has_it = [signal](const Process* process) {
    const auto sets = sys::read_signal_sets(process->pid);
    return !sets || sets->has(sets->pending | sets->pending_shared, signal);
  };
  while (!std::all_of(members.begin(), members.end(), has_it) && TrialContext::Clock::now() < deadline) {
    ::usleep(50);  // frees the shared CPU for that kernel thread
  }
}

void Striker::press_interrupt(FaultRecord& record) {
  if (!terminal_.is_open()) {
    record.why_not = "the terminal had hung up before";
    return;
  }
  if (!terminal_.makes_signals()) {
    terminal_.type(interrupt_key);
    record.landing = Landing::input;
    return;
  }
  const auto members = group_members(terminal_.foreground_group());
  for (Process* member : members) {
    mark(record, *member);
  }
  record.landing = members.empty() ? Landing::none : landing_of(*members.front(), SIGINT);
  for (const Process* member : members) {
    context_.evidence.end_was_asked = context_.evidence.end_was_asked || asks_for_an_end(landing_of(*member, SIGINT));
  }
  terminal_.type(interrupt_key);
  await_pending(members, SIGINT);
}

void Striker::hang_up(FaultRecord& record) {
  if (!terminal_.is_open()) {
    record.why_not = "the terminal had hung up before";
    return;
  }
  const pid_t group = terminal_.foreground_group();
  const auto members = group_members(group);
  for (Process* member : members) {
    mark(record, *member);
  }
  record.landing = members.empty() ? Landing::none : landing_of(*members.front(), SIGHUP);
  terminal_.hang_up();
  // The kernel tells the session leader alone; a shell passes it on to its foreground job, and so do we.
  if (group > 1) {
    ::kill(-group, SIGHUP);
    ::kill(-group, SIGCONT);
  }
  context_.evidence.end_was_asked = context_.evidence.end_was_asked || asks_for_an_end(record.landing);
}

void Striker::fail(FaultRecord& record, const StrikePoint& point) {
  record.why_not = why_cannot_fail(*point.call, record.fault.error);
  if (record.why_not.empty()) {
    mark(record, *point.at->process);
    record.landing = Landing::call;
    fail_call(*point.at, *point.call, record.fault.error);
  }
}

void Striker::cut(FaultRecord& record, const StrikePoint& point) {
  record.why_not = why_cannot_cut(*point.at, *point.call, record.fault.bytes);
  if (record.why_not.empty()) {
    mark(record, *point.at->process);
    record.landing = Landing::call;
    cut_call(*point.at, *point.call, record.fault.bytes);
  }
}

void Striker::fill_disk(FaultRecord& record) {
  record.why_not = context_.surroundings.fill_disk();
  if (record.why_not.empty()) {
    record.landing = Landing::world;
    context_.disk_is_full = true;
  }
}

void Striker::close_stdout(FaultRecord& record) {
  record.why_not = context_.surroundings.close_stdout();
  if (record.why_not.empty()) {
    record.landing = Landing::world;
  }
}

bool Striker::ask_for_exception(FaultRecord& record, const StrikePoint& point) {
  const std::string& name = record.fault.exception;
  if (record.fault.action == Action::raise &&
      (point.name_at == 0 || name.size() > EXITPROOF_TEXT_MAX ||
       !sys::write_memory(point.at->tid, point.name_at, name.c_str(), name.size() + 1))) {
    record.why_not = "the name of the exception could not be written into its process";
    return false;
  }
  mark(record, *point.at->process);
  record.landing = Landing::thrown;
  return true;
}

AfterStrike Striker::strike(std::size_t index, Process* target, const StrikePoint& point) {
  check(point.at != nullptr || !point.before, "a call that has not been made yet is some task's");
  FaultRecord& record = context_.evidence.faults[index];
  const Fault& fault = context_.request.plan.faults[index];
  record.at = context_.now();
  if (point.at != nullptr) {
    record.at_thread = point.at->path;
    if (context_.request.stacks) {
      record.stack = stacks_.read(point.at->process->pid, point.at->tid);
    }
  }
  if (point.call != nullptr) {
    record.call = point.call->name;
    record.object = point.call->object;
  }
  if (waits_for_freeze(fault.action)) {
    if (!stops_.freeze()) {
      context_.log(EventKind::note, ProcessPath::root(), {}, "not every task could be stopped for the fault");
    }
  }
  bool rewind = false;
  AfterStrike after = AfterStrike::go_on;
  switch (fault.action) {
    case Action::kill:
    case Action::signal:
      if (target == nullptr || target->dead) {
        record.why_not = "its process had already ended";
      } else if (fault.action == Action::kill) {
        kill_one(record, *target);
      } else {
        send_signal(record, *target, fault.signal);
        rewind = true;
      }
      break;
    case Action::kill_tree:
      kill_all(record);
      break;
    case Action::ctrl_c:
      press_interrupt(record);
      rewind = true;
      break;
    case Action::hangup:
      hang_up(record);
      rewind = true;
      break;
    case Action::pause:
      if (target == nullptr || target->dead) {
        record.why_not = "its process had already ended";
      } else {
        mark(record, *target);
        record.landing = Landing::held;
        after = AfterStrike::hold;
      }
      break;
    case Action::full:
      fill_disk(record);
      break;
    case Action::fail:
      fail(record, point);
      break;
    case Action::short_write:
      cut(record, point);
      break;
    case Action::epipe:
      close_stdout(record);
      break;
    case Action::throw_:
    case Action::bad_alloc:
    case Action::raise:
      after = ask_for_exception(record, point) ? AfterStrike::raise : after;
      break;
  }
  record.fired = record.why_not.empty();
  if (record.fired) {
    context_.log(EventKind::fault, point.at != nullptr ? point.at->path : ProcessPath::root(), record.call,
                 fault.print());
  }
  if (record.fired && point.at != nullptr && point.at->changed) {
    after = AfterStrike::await;
  }
  if (point.source != nullptr && !record.stack.empty()) {
    sources_.emplace(index, *point.source);
  }
  context_.struck_at = context_.clock.now();
  context_.wakes_when_struck = context_.quiet.wakes();
  if (rewind && record.fired && point.before && sys::rewind_call(point.at->tid)) {
    after = AfterStrike::again;
  }
  return after;
}

void Striker::finish() {
  for (std::size_t index = 0; index < context_.evidence.faults.size(); ++index) {
    auto& stack = context_.evidence.faults[index].stack;
    stacks_.symbolize(stack);
    if (const auto source = sources_.find(index); source != sources_.end()) {
      stack.insert(stack.begin(), source->second);
    }
  }
}

}  // namespace exitproof
