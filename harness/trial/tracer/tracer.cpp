#include "harness/trial/tracer/tracer.hpp"

#include <fmt/format.h>
#include <linux/sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "exitproof/names.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/signals.hpp"
#include "harness/trial/clock/timed_waits.hpp"
#include "harness/trial/tracer/births.hpp"
#include "harness/trial/tracer/call_faults.hpp"
#include "harness/trial/tracer/call_places.hpp"
#include "harness/trial/tracer/sandbox.hpp"

namespace exitproof {

namespace {

// The outputs are to be read, and the clock to be looked at, however busy the subject is.
constexpr std::chrono::milliseconds turns_at_once{2};
constexpr int call_end_signal = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

bool is_group_stop_signal(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

}  // namespace

Tracer::Tracer(TrialContext& context, CallReader reader, sys::Terminal& terminal, sys::StackReader& stacks)
    : context_(context),
      reader_(reader),
      stops_(context.tree),
      plan_(context),
      striker_(context, stops_, terminal, stacks),
      handlers_(context, stacks),
      points_(context, stacks),
      stacks_(stacks),
      zombies_(context),
      trespasses_(context),
      holds_(context) {
  if (context.request.plan.schedule) {
    turns_.emplace(context, stops_, *context.request.plan.schedule);
  }
  if (has_virtual_time(context.scenario, context.request)) {
    time_.emplace(context.clock, context.tree);
    if (turns_) {
      context.clock.order_by_skips();
    }
  }
}

void Tracer::seize_root(pid_t pid) {
  sys::seize_with_its_tree(pid);
  Process& root = context_.tree.add_root(pid, context_.now());
  root.tasks.front()->state = Task::State::running;
}

bool Tracer::handle_reports() {
  bool any = false;
  const auto until = TrialContext::Clock::now() + turns_at_once;
  do {
    while (const auto report = stops_.next()) {
      any = true;
      handle_report(*report);
    }
  } while (turns_ && TrialContext::Clock::now() < until && take_turn());
  if (any) {
    context_.quiet.disturb();
    count_timer_wait();
  }
  return any;
}

void Tracer::handle_report(const StopReport& report) {
  if (WIFEXITED(report.status) || WIFSIGNALED(report.status)) {
    if (turns_) {
      ends_.push_back(report);
    } else {
      handle_end(report.pid, report.status);
    }
  } else if (Task* task = context_.tree.find(report.pid); task != nullptr) {
    task->state = Task::State::stopped;
    if (!turns_ || !turns_->keeps(*task, report.status)) {
      handle_stop(*task, report.status);
    }
  } else {
    park(report.pid, report.status);
  }
}

bool Tracer::take_turn() {
  if (!parked_.empty()) {
    return false;  // its maker's report is near, or it is adopted
  }
  if (ends_.empty() && !turns_->any_queued()) {
    turns_->rest();
    return false;
  }
  if (!turns_->is_still()) {
    return turns_->look_again() <= TrialContext::Clock::now();
  }
  if (const auto report = stops_.next()) {
    handle_report(*report);
    return true;
  }
  if (!ends_.empty()) {
    handle_ends();
    return true;
  }
  Task* task = turns_->pick();
  if (task == nullptr) {
    return false;
  }
  if (const auto report = std::exchange(task->kept.report, std::nullopt)) {
    task->state = Task::State::stopped;
    handle_stop(*task, *report);
  } else {
    stops_.resume(*task, task->kept.mode, task->kept.signal);
  }
  return true;
}

// Several at one time are reported in no certain order.
void Tracer::handle_ends() {
  std::vector<StopReport> ends = std::exchange(ends_, {});
  const auto path_of = [this](const StopReport& report) {
    const Process* process = context_.tree.find_process(report.pid);
    const Task* task = context_.tree.find(report.pid);
    return task != nullptr ? task->path : process != nullptr ? process->path : ProcessPath::root();
  };
  std::stable_sort(ends.begin(), ends.end(),
                   [&](const StopReport& one, const StopReport& other) { return path_of(one) < path_of(other); });
  for (const StopReport& end : ends) {
    handle_end(end.pid, end.status);
  }
}

void Tracer::handle_stop(Task& task, int status) {
  const int signal = WSTOPSIG(status);
  switch (status >> 16) {
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
      handle_birth(task, status >> 16);
      break;
    case PTRACE_EVENT_VFORK_DONE:
      task.in_vfork = false;
      give_voice_back(task);
      go_on(task);
      break;
    case PTRACE_EVENT_EXEC:
      handle_exec(task);
      break;
    case PTRACE_EVENT_EXIT:
      handle_exit_event(task);
      break;
    case PTRACE_EVENT_SECCOMP:
      handle_call(task);
      break;
    case PTRACE_EVENT_STOP:
      if (is_group_stop_signal(signal)) {
        handle_group_stop(task, signal);
      } else {
        handle_trap_stop(task);
      }
      break;
    default:
      if (signal == call_end_signal) {
        handle_call_end(task);
      } else {
        handle_delivery(task, signal);
      }
      break;
  }
}

void Tracer::go_on(Task& task, int signal) {
  if (time_) {
    begin_wait(task, context_.clock);
  }
  stops_.resume(task, task.awaited ? sys::ResumeMode::to_call_end : sys::ResumeMode::run, signal);
}

void Tracer::handle_birth(Task& maker, int event) {
  const auto message = sys::event_message(maker.tid);
  if (!message) {
    return;  // killed meanwhile; adopt_parked() finds the child's maker
  }
  const auto tid = static_cast<pid_t>(*message);
  const std::uint64_t flags = birth_flags(maker.tid);
  const bool thread = (flags & CLONE_THREAD) != 0;
  maker.in_vfork = event == PTRACE_EVENT_VFORK;
  Task& newborn = thread ? context_.tree.add_thread(maker, tid)
                         : *context_.tree.add_child(maker, tid, context_.now()).tasks.front();
  if (!thread && (flags & CLONE_PARENT) != 0) {
    Tree::give(*newborn.process, maker.process->parent);
  }
  if (!thread) {
    HandlerBook::inherit(*maker.process, *newborn.process, (flags & CLONE_VM) != 0);
  }
  context_.log(EventKind::birth, newborn.path, {}, maker.path.print(), tid);
  if (context_.tree.root()->ending && !thread) {
    left_by_root_.push_back(newborn.process);  // made by a survivor
  }
  if (const auto parked = parked_.find(tid); parked != parked_.end()) {
    const int status = parked->second.status;
    parked_.erase(parked);
    newborn.state = Task::State::stopped;
    if (!turns_ || !turns_->keeps(newborn, status)) {
      handle_stop(newborn, status);
    }
  }
  go_on(maker);
}

void Tracer::handle_exec(Task& task) {
  if (const auto former = sys::event_message(task.tid)) {
    context_.tree.take_over(task, static_cast<pid_t>(*former));
  }
  Process& process = *task.process;
  stacks_.forget(process.pid);
  handlers_.forget_program(process);
  PointBook::forget_program(process);
  process.timers.posix.clear();
  if (time_) {
    time_->start_program(process);
    root_input_ = started_ ? root_input_ : sys::read_descriptor(process.pid, STDIN_FILENO);
  }
  context_.tree.name(process, sys::read_command(process.pid));
  process.executable = sys::read_executable(process.pid);
  if (context_.request.events || &process == context_.tree.root()) {
    process.argv = sys::read_argv(process.pid);
  }
  started_ = true;
  put_in_agents(process);
  context_.log(EventKind::exec, task.path, process.command, process.executable);
  task.each_call = watches_start_ != StartWatch::none;
  go_on(task);
}

void Tracer::put_in_agents(Process& process) {
  if (context_.agents == nullptr || process.sandboxed) {
    return;  // a filter outlives exec(2)
  }
  Injected injected = context_.agents->inject(process.pid, process.command, process.executable);
  process.python_is_to_speak = injected.python;
  for (std::string& line : injected.skipped) {
    context_.skip(std::move(line));
  }
}

void Tracer::handle_exit_event(Task& task) {
  task.exiting = true;
  Process& process = *task.process;
  if (std::all_of(process.tasks.begin(), process.tasks.end(), [](const Task* each) { return each->exiting; })) {
    end_process(process);
  }
  stops_.resume(task, sys::ResumeMode::run);
}

void Tracer::end_process(Process& process) {
  if (process.ending) {
    return;
  }
  process.ending = true;
  zombies_.parent_ends(process);
  if (&process == context_.tree.root()) {
    for (Process* other : context_.tree.alive()) {
      if (other != &process && !other->ending) {
        left_by_root_.push_back(other);
      }
    }
  }
}

void Tracer::handle_end(pid_t pid, int status) {
  parked_.erase(pid);
  holds_.thread_ended(pid);
  if (pid == context_.leader) {
    leader_gone_ = true;
    if (const Process* root = context_.tree.root(); root != nullptr && !root->dead) {
      context_.skip(
          "hang-up: a signal to everybody, or to a group, ended the harness's own process that stands for a shell, and "
          "with it the terminal: the SIGHUP that followed is not the subject's doing");
    }
    return;
  }
  Task* task = context_.tree.find(pid);
  if (task == nullptr) {
    // The second report of a process: its parent ended without reaping it, and it came to us.
    if (Process* orphan = context_.tree.find_process(pid); orphan != nullptr && orphan->dead && !orphan->reaped) {
      orphan->reaped = true;
      orphan->reaped_by_init = true;
      orphan->reaped_at = context_.now();
      context_.log(EventKind::reap, orphan->path, "process 1");
    }
    return;
  }
  Process& process = *task->process;
  if (pid != process.pid) {
    context_.tree.remove_task(pid);
    return;
  }
  end_process(process);
  process.dead = true;
  process.died = context_.now();
  process.end = WaitStatus::from_raw(status);
  while (!process.tasks.empty()) {
    context_.tree.remove_task(process.tasks.front()->tid);
  }
  stacks_.forget(pid);
  context_.log(EventKind::death, process.path, {}, process.end.print());
  if (context_.request.events && process.parent != nullptr) {
    const auto sets = sys::read_signal_sets(process.parent->pid);
    process.reaped_by_kernel = sets && sets->has(sets->ignored, SIGCHLD);
  }
  if (process.parent == nullptr && process.maker != nullptr) {
    process.reaped = true;
    process.reaped_by_init = true;
    process.reaped_at = process.died;
  } else {
    zombies_.child_ended(process);
  }
  hand_on_children(process);
}

// They go to the nearest subreaper above (prctl(2)), which may be a process of the subject, or to process 1.
void Tracer::hand_on_children(Process& parent) {
  for (Process* child : std::exchange(parent.children, {})) {
    if (child->reaped) {
      continue;
    }
    const auto stat = sys::read_process_stat(child->pid);
    Process* adopter = stat ? context_.tree.find_process(stat->parent) : nullptr;
    Tree::give(*child, adopter != nullptr && !adopter->dead ? adopter : nullptr);
    if (child->dead && !stat) {
      zombies_.child_reaped(*child, nullptr);
    } else if (child->dead) {
      zombies_.child_ended(*child);
    }
  }
}

void Tracer::handle_trap_stop(Task& task) {
  // Ours, since it was interrupted: a wait that ended only for that is taken back.
  if (const auto before = sys::rewind_interrupted_call(task.tid)) {
    task.taken_back = before;
    task.awaited.reset();
    remember_place(task, place_of(*before));
  } else if (const auto registers = sys::read_registers(task.tid);
             registers && is_restart_code(static_cast<std::int64_t>(registers->rax))) {
    remember_place(task, place_of(*registers));
  }
  if (holds_.begins(task.tid)) {
    task.state = Task::State::held;
    return;
  }
  if (task.progress.end_wanted) {
    stops_.resume(task, sys::ResumeMode::each_call);
    return;
  }
  go_on(task);
}

void Tracer::handle_group_stop(Task& task, int signal) {
  context_.log(EventKind::stop, task.path, signal_name(signal));
  stops_.resume(task, sys::ResumeMode::listen);
}

void Tracer::handle_delivery(Task& task, int signal) {
  if (task.changed) {
    task.changed->result.reset();
    put_right(task);
  }
  auto registers = sys::read_registers(task.tid);
  if (!registers) {
    stops_.resume(task, sys::ResumeMode::run, signal);
    return;
  }
  const auto sets = sys::read_signal_sets(task.tid);
  const bool caught = sets && sets->has(sets->caught, signal);
  if (time_) {
    note_delivery(task, caught);
    if (signal == SIGALRM) {
      ProcessTimers::dress(task);
    }
  }
  // Outside, a signal that is ignored is never even queued, and so ends no wait.
  const bool in_vain = sets && (sets->has(sets->ignored, signal) || (sys::is_ignored_by_default(signal) && !caught));
  int pass_on = signal;
  if (task.taken_back) {
    // The wait that we took back was to end for this very signal: let it.
    if (caught && registers->rip + 2 == task.taken_back->rip && registers->rsp == task.taken_back->rsp) {
      sys::write_registers(task.tid, *task.taken_back);
      comes_again(task, place_of(*task.taken_back));
    }
  } else if (in_vain) {
    if (const auto before = sys::rewind_interrupted_call(task.tid)) {
      remember_place(task, place_of(*before));
      pass_on = 0;
    }
  }
  task.taken_back.reset();
  if (static_cast<std::int64_t>(registers->orig_rax) >= 0 &&
      is_restart_code(static_cast<std::int64_t>(registers->rax))) {
    remember_place(task, place_of(*registers));
  }
  context_.log(EventKind::signal, task.path, signal_name(signal), caught ? std::string(Event::caught) : "not caught");
  task.awaited.reset();
  stops_.resume(task, sys::ResumeMode::run, pass_on);
}

void Tracer::park(pid_t tid, int status) {
  if (status >> 16 == PTRACE_EVENT_EXIT) {
    // It was killed with its maker, before that could report it: nothing is left to be known of it.
    parked_.erase(tid);
    sys::resume_task(tid, sys::ResumeMode::run, 0);
    return;
  }
  parked_[tid] = {status, context_.clock.now()};
}

// A maker that was killed inside its fork never reports the child: it is given to its parent's
// process, or to the one that was struck last when that is gone too.
Task* Tracer::adopt(pid_t tid) {
  const auto group = sys::read_thread_group(tid);
  const auto stat = group ? sys::read_process_stat(*group) : std::nullopt;
  if (!stat) {
    return nullptr;
  }
  if (*group != tid) {
    Process* process = context_.tree.find_process(*group);
    return process == nullptr || process->tasks.empty() ? nullptr
                                                        : &context_.tree.add_thread(*process->tasks.front(), tid);
  }
  Process* maker = context_.tree.find_process(stat->parent);
  if (maker == nullptr) {
    maker = context_.tree.root();
    for (const auto& process : context_.tree.processes()) {
      maker = process->dead && process->struck ? process.get() : maker;
    }
  }
  Task stand_in;
  stand_in.process = maker;
  Process& child = context_.tree.add_child(stand_in, tid, context_.now());
  HandlerBook::inherit(*maker, child, false);
  if (context_.tree.root()->ending) {
    left_by_root_.push_back(&child);
  }
  return child.tasks.front();
}

void Tracer::adopt_parked(TrialContext::Clock::time_point now) {
  const std::map<pid_t, Parked> parked = parked_;
  for (const auto& [tid, stop] : parked) {
    if (now - stop.since < report_may_lag) {
      continue;
    }
    parked_.erase(tid);
    Task* newborn = adopt(tid);
    if (newborn == nullptr) {
      sys::resume_task(tid, sys::ResumeMode::run, 0);
      continue;
    }
    newborn->state = Task::State::stopped;
    if (!turns_ || !turns_->keeps(*newborn, stop.status)) {
      handle_stop(*newborn, stop.status);
    }
  }
}

void Tracer::finish() {
  plan_.explain_unfired();
  holds_.finish();
  striker_.finish();
  handlers_.finish();
  context_.evidence.digest = context_.digest.print();
  context_.evidence.stops = stops_.count();
}

}  // namespace exitproof
