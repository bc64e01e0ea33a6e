#include "harness/trial/tracer/turns.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "harness/linux/ptrace.hpp"
#include "harness/linux/turn_calls.hpp"

namespace exitproof {

namespace {

using std::chrono::microseconds;

constexpr microseconds waits_here_for{300};
constexpr microseconds wait_is_near{10};  // a look takes the CPU from the task
constexpr microseconds stop_is_near{150};
constexpr int exact_timers_ns = 1;
constexpr microseconds shortest_pause{50};
constexpr microseconds longest_pause{2'000};
constexpr int pause_fraction = 8;  // a wait is noticed that much later, of the time that the task has run
constexpr std::chrono::milliseconds worth_measuring{20};

enum class StopKind : std::uint8_t { before_call, in_turn, choice, event };

StopKind kind_of(const Task& task, int status) {
  switch (status >> 16) {
    case PTRACE_EVENT_SECCOMP: {
      const auto entry = sys::read_call_entry(task.tid);
      return entry && entry->native && sys::is_turn_call(entry->number, entry->args) ? StopKind::before_call
                                                                                     : StopKind::in_turn;
    }
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
    case PTRACE_EVENT_EXEC:
    case PTRACE_EVENT_EXIT:
      return StopKind::choice;
    case PTRACE_EVENT_VFORK_DONE:
    case PTRACE_EVENT_STOP:
      return StopKind::event;
    default:
      return StopKind::in_turn;  // the end of a call, or a signal
  }
}

// At the end of a call, whether it ended since its time was over.
bool has_waited_its_time(const Task& task, int status) {
  const auto result = task.awaited && status >> 16 == 0 ? sys::read_call_result(task.tid) : std::nullopt;
  return result && sys::has_timed_out(task.awaited->number, *result);
}

}  // namespace

Turns::Turns(TrialContext& context, Stops& stops, std::uint64_t seed)
    : context_(context), stops_(stops), scheduler_(seed), usual_slack_ns_(::prctl(PR_GET_TIMERSLACK)) {
  ::prctl(PR_SET_TIMERSLACK, exact_timers_ns);
  stops_.take_turns();
}

Turns::~Turns() {
  ::prctl(PR_SET_TIMERSLACK, usual_slack_ns_);
}

bool Turns::keeps(Task& task, int status) {
  Progress& progress = task.progress;
  progress.seen_running.reset();
  progress.too_long = false;
  progress.waits_in.clear();
  runs_since_.reset();
  look_again_.reset();
  let_go_ = false;
  const StopKind kind = kind_of(task, status);
  const bool alone = kind == StopKind::before_call && context_.tree.tasks().size() == 1;
  // Others had their turns while it waited, or would have had them if a busy machine had let us see in time that it waits.
  const bool has_slept = has_waited_its_time(task, status) && any_queued();
  const bool goes_on =
      stops_.turn() == task.tid && !has_slept && (alone || (kind != StopKind::before_call && kind != StopKind::choice));
  if (stops_.turn() == task.tid && !goes_on) {
    stops_.end_turn();
  }
  if (goes_on || kind == StopKind::choice || kind == StopKind::event) {
    return false;
  }
  queue(task, status);
  return true;
}

void Turns::queue(Task& task, int status) {
  task.state = Task::State::queued;
  task.kept = {.report = status, .since = Clock::now(), .late = {}, .turns_before = given_};
  if (has_waited_its_time(task, status)) {
    task.kept.late = ++wakings_;
  }
}

bool Turns::is_late(Task& task) const {
  if (!task.kept.late || given_ - task.kept.turns_before > patience) {
    return false;
  }
  if (task.awaited->number != SYS_futex) {
    return true;
  }
  std::uint32_t word = 0;
  const std::string bytes = sys::read_memory(task.tid, task.awaited->args[0], sizeof word);
  if (bytes.size() != sizeof word) {
    return true;
  }
  std::memcpy(&word, bytes.data(), sizeof word);
  if (word == static_cast<std::uint32_t>(task.awaited->args[2])) {
    return true;
  }
  sys::change_result(task.tid, -EAGAIN);
  task.kept.late.reset();
  return false;
}

bool Turns::is_still() {
  const auto now = Clock::now();
  // Who was let go on just now has not come far: its next stop is awaited before anybody is looked at.
  if (!std::exchange(let_go_, false) && !anybody_runs(now) && !anybody_wakes()) {
    runs_since_.reset();
    look_again_.reset();
    return true;
  }
  if (!runs_since_) {
    runs_since_ = now;
  }
  const auto waited = now - *runs_since_;
  if (waited < waits_here_for) {
    const Task* at_work = context_.tree.find(stops_.turn());
    const bool may_wait =
        at_work != nullptr && at_work->awaited && sys::may_wait(at_work->awaited->number, at_work->awaited->args);
    await_child(std::max(may_wait ? wait_is_near : stop_is_near, std::chrono::duration_cast<microseconds>(waited)));
    look_again_ = now;
  } else {
    const auto pause = std::chrono::duration_cast<microseconds>(waited) / pause_fraction;
    look_again_ = now + std::clamp(pause, shortest_pause, longest_pause);
  }
  return false;
}

bool Turns::anybody_runs(Clock::time_point now) {
  Task* at_work = context_.tree.find(stops_.turn());
  const auto& tasks = context_.tree.tasks();
  return (at_work != nullptr && runs(*at_work, now)) || std::any_of(tasks.begin(), tasks.end(), [&](const auto& entry) {
           return entry.second.get() != at_work && runs(*entry.second, now);
         });
}

bool Turns::anybody_wakes() const {
  const auto& tasks = context_.tree.tasks();
  return std::any_of(tasks.begin(), tasks.end(), [](const auto& entry) { return has_been_woken(*entry.second); });
}

bool Turns::runs(Task& task, Clock::time_point now) {
  Progress& progress = task.progress;
  switch (standing_of(task)) {
    case Standing::ended:
      return false;
    case Standing::runs:
      return !runs_too_long(task, now);
    case Standing::waits:
      break;
  }
  progress.seen_running.reset();
  const auto call = awaited_call(task);
  if (!call || call->number < 0) {
    return false;
  }
  const auto number = static_cast<std::uint64_t>(call->number);
  if (!progress.drained && sys::may_wait_for_reader(number)) {
    progress.drained = true;
    context_.surroundings.drain();
    return true;  // it may have been us for whom it waited
  }
  if (!task.awaited && !progress.end_wanted && sys::may_open_fifo(number)) {
    want_end(task);
    return true;
  }
  return false;
}

// Its waking would go unnoticed: it is made to make the call again, and stops at its end.
void Turns::want_end(Task& task) {
  task.progress.end_wanted = true;
  sys::interrupt_task(task.tid);
}

bool Turns::runs_too_long(Task& task, Clock::time_point now) {
  Progress& progress = task.progress;
  if (progress.too_long) {
    return true;
  }
  if (!progress.seen_running) {
    progress.seen_running = now;
    progress.cpu_then_us.reset();
  }
  const auto lasted = now - *progress.seen_running;
  if (lasted < worth_measuring) {
    return false;
  }
  const auto cpu = sys::read_task_cpu_time_us(task.process->pid, task.tid);
  if (!progress.cpu_then_us) {
    progress.cpu_then_us = cpu;
  }
  const bool computes = cpu && progress.cpu_then_us && microseconds(*cpu - *progress.cpu_then_us) >= too_long;
  const bool hangs = lasted >= stuck && sys::read_task_state(task.process->pid, task.tid) != 'R';
  if (!computes && !hangs) {
    return false;  // a busy machine lets nobody run
  }
  progress.too_long = true;
  if (any_queued()) {
    context_.skip(fmt::format(
        "schedule: {} ({}) {} while others waited for their turns, which then ran beside it: from "
        "there on another replay may be another order",
        task.process->command, task.path.print(), computes ? "computed on and on" : "neither ran nor waited"));
  }
  return true;
}

bool Turns::any_queued() const {
  const auto& tasks = context_.tree.tasks();
  return std::any_of(tasks.begin(), tasks.end(),
                     [](const auto& entry) { return entry.second->state == Task::State::queued; });
}

Task* Turns::pick() {
  std::vector<Task*> queue;
  Task* first_late = nullptr;
  for (const auto& [tid, task] : context_.tree.tasks()) {
    if (task->state != Task::State::queued) {
      continue;
    }
    if (!is_late(*task)) {
      queue.push_back(task.get());
    } else if (first_late == nullptr || task->kept.late < first_late->kept.late) {
      first_late = task.get();
    }
  }
  Task* picked = queue.empty() ? first_late : choose(queue);
  if (picked != nullptr) {
    ++given_;
    picked->process->queued_for += Clock::now() - picked->kept.since;
    picked->progress.seen_running.reset();
    picked->progress.waits_in.clear();
    stops_.give_turn(*picked);
    look_again_ = Clock::now();  // its next wait is no report
    let_go_ = true;
  }
  return picked;
}

Task* Turns::choose(std::vector<Task*>& queue) {
  std::sort(queue.begin(), queue.end(), [](const Task* one, const Task* other) { return one->path < other->path; });
  std::vector<const ProcessPath*> paths;
  paths.reserve(queue.size());
  for (const Task* task : queue) {
    paths.push_back(&task->path);
  }
  return queue[scheduler_.pick(paths)];
}

}  // namespace exitproof
