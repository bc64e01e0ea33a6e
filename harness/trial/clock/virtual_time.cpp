#include "harness/trial/clock/virtual_time.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/program_start.hpp"
#include "harness/trial/clock/clock_answers.hpp"
#include "harness/trial/clock/timed_waits.hpp"

namespace exitproof {

VirtualTime::VirtualTime(SubjectClock& clock, Tree& tree)
    : clock_(clock), tree_(tree), vdso_(sys::VdsoClock::find()), timers_(clock), descriptors_(clock, tree) {}

bool VirtualTime::start_program(Process& process) {
  process.vdso = 0;
  timers_.forget_program(process);
  for (Task* task : process.tasks) {
    task->limited.reset();
  }
  auto start = sys::ProgramStart::read(process.pid);
  if (!start) {
    why_not_ = fmt::format("{} is no 64-bit program", process.command);
    return false;
  }
  const auto vdso = start->auxiliary_value(AT_SYSINFO_EHDR);
  if (!vdso) {
    return true;
  }
  if (vdso_ && vdso_->replace(process.pid, *vdso, clock_.ahead())) {
    process.vdso = *vdso;
    return true;
  }
  // Without it the program makes system calls, which are answered.
  start->ignore_auxiliary(AT_SYSINFO_EHDR);
  if (!start->write(process.pid)) {
    why_not_ = fmt::format("the clocks of {} cannot be replaced", process.command);
    return false;
  }
  return true;
}

bool VirtualTime::answer(Task& task, const sys::CallEntry& entry) {
  return answer_clock(task.tid, entry, clock_) || timers_.answer(task, entry) || descriptors_.answer(task, entry);
}

bool VirtualTime::wants_end(const Task& task, std::uint64_t number) const {
  return task.limited || (tells_file_times(number) && clock_.ahead().count() > 0);
}

void VirtualTime::correct(const Task& task, const MetCall& call) const {
  if (tells_file_times(call.number)) {
    correct_file_times(task.tid, call.number, call.args, clock_);
  }
}

std::vector<VirtualTime::Due> VirtualTime::dues() {
  std::vector<Due> all;
  auto timers = timers_.armed();
  std::stable_sort(timers.begin(), timers.end(), [](const ProcessTimers::Due& one, const ProcessTimers::Due& other) {
    return one.process->path < other.process->path;
  });
  for (const ProcessTimers::Due& timer : timers) {
    all.push_back({timer.ends, timer});
  }
  for (const TimerDescriptors::Due& timer : descriptors_.armed()) {
    all.push_back({timer.ends, timer});
  }
  std::vector<Task*> waits;
  for (const auto& [tid, task] : tree_.tasks()) {
    if (task->limited && task->limited->state == LimitedWait::State::waits && !task->exiting) {
      waits.push_back(task.get());
    }
  }
  std::sort(waits.begin(), waits.end(), [](const Task* one, const Task* other) { return one->path < other->path; });
  for (Task* task : waits) {
    all.push_back({{*task->limited->ends, task->limited->order}, task});
  }
  return all;
}

void VirtualTime::end(const Due& due) {
  clock_.reach(due.ends);
  if (const auto* timer = std::get_if<ProcessTimers::Due>(&due.what)) {
    timers_.end(*timer);
  } else if (const auto* descriptor = std::get_if<TimerDescriptors::Due>(&due.what)) {
    descriptors_.end(*descriptor);
  } else {
    end_wait(*std::get<Task*>(due.what));
  }
}

bool VirtualTime::skip(std::chrono::microseconds time) {
  clock_.skip(time);
  if (!vdso_) {
    return true;
  }
  for (const Process* process : tree_.alive()) {
    const bool set = process->vdso == 0 || vdso_->set(process->pid, process->vdso, clock_.ahead());
    const auto stat = set ? std::nullopt : sys::read_process_stat(process->pid);
    if (stat && stat->state != 'Z' && stat->state != 'X') {
      why_not_ = fmt::format("the clocks of {} ({}) cannot be set", process->command, process->path.print());
      return false;
    }
  }
  return true;
}

std::string VirtualTime::why_not() const {
  if (!why_not_.empty() || !descriptors_.why_not().empty()) {
    return !why_not_.empty() ? why_not_ : descriptors_.why_not();
  }
  for (const Process* process : tree_.alive()) {
    if (process->timers.unknown) {
      return fmt::format("{} may have timers that cannot be seen", process->command);
    }
  }
  return {};
}

}  // namespace exitproof
