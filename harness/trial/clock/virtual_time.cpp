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

Task* VirtualTime::first_wait() const {
  Task* first = nullptr;
  for (const auto& [tid, task] : tree_.tasks()) {
    if (!task->limited || task->limited->state != LimitedWait::State::waits || task->exiting) {
      continue;
    }
    const auto ends = *task->limited->ends;
    if (first == nullptr || ends < *first->limited->ends ||
        (ends == *first->limited->ends && task->path < first->path)) {
      first = task.get();
    }
  }
  return first;
}

std::optional<VirtualTime::Clock::time_point> VirtualTime::next() {
  std::optional<Clock::time_point> soonest = descriptors_.next();
  if (const auto timer = timers_.next()) {
    soonest = std::min(soonest.value_or(timer->ends), timer->ends);
  }
  if (const Task* wait = first_wait(); wait != nullptr) {
    soonest = std::min(soonest.value_or(*wait->limited->ends), *wait->limited->ends);
  }
  return soonest;
}

void VirtualTime::end_first() {
  const auto first = next();
  if (const auto timer = timers_.next(); timer && timer->ends == first) {
    timers_.end(*timer);
  } else if (descriptors_.next() == first) {
    descriptors_.end();
  } else if (Task* wait = first_wait(); wait != nullptr) {
    end_wait(*wait);
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
