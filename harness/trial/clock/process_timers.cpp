#include "harness/trial/clock/process_timers.hpp"

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <iterator>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/send_signal.hpp"
#include "harness/linux/vdso_clock.hpp"

namespace exitproof {

namespace {

using std::chrono::nanoseconds;

// What alarm(2) says is left: whole seconds, rounded, and never none of a timer that is armed.
std::int64_t alarm_seconds(nanoseconds left) {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t whole = left.count() / second;
  const std::int64_t rest = left.count() % second;
  return whole + ((whole == 0 && rest > 0) || rest >= second / 2 ? 1 : 0);
}

MetCall met(const sys::CallEntry& entry) {
  MetCall call;
  call.number = entry.number;
  std::copy(std::begin(entry.args), std::end(entry.args), std::begin(call.args));
  return call;
}

}  // namespace

ProcessTimers::OfProcess& ProcessTimers::of(Process& process) {
  OfProcess& timers = processes_[process.pid];
  if (timers.process != &process) {
    timers = {};  // of another that had the same pid
    timers.process = &process;
  }
  return timers;
}

bool ProcessTimers::answer(Task& task, const sys::CallEntry& entry) {
  switch (entry.number) {
    case SYS_alarm:
      return set_alarm(task, entry);
    case SYS_setitimer:
      return set_real(task, entry);
    case SYS_getitimer:
      if (static_cast<int>(entry.args[0]) != ITIMER_REAL) {
        return false;
      }
      sys::skip_call(task.tid, of(*task.process).real.setting(clock_).write(task.tid, entry.args[1], TimerUnit::micro)
                                   ? 0
                                   : -EFAULT);
      return true;
    case SYS_timer_settime:
      return set_posix(task, entry);
    case SYS_timer_gettime:
    case SYS_timer_getoverrun:
      return get_posix(task, entry);
    case SYS_timer_delete:
      of(*task.process).posix.erase(static_cast<int>(entry.args[0]));
      return false;
    default:
      return false;
  }
}

bool ProcessTimers::set_alarm(Task& task, const sys::CallEntry& entry) {
  ClockTimer& timer = of(*task.process).real;
  const std::int64_t left = alarm_seconds(timer.setting(clock_).value);
  timer.set({nanoseconds(0), std::chrono::seconds(static_cast<unsigned>(entry.args[0]))}, std::nullopt, clock_);
  note_timer_call(task.process->timers, task.tid, met(entry), clock_.now());
  sys::skip_call(task.tid, left);
  return true;
}

bool ProcessTimers::set_real(Task& task, const sys::CallEntry& entry) {
  if (static_cast<int>(entry.args[0]) != ITIMER_REAL) {
    return false;
  }
  // A null pointer disarms it (setitimer(2), BUGS).
  const auto setting =
      entry.args[1] == 0 ? TimerSetting{} : TimerSetting::read(task.tid, entry.args[1], TimerUnit::micro);
  ClockTimer& timer = of(*task.process).real;
  const TimerSetting former = timer.setting(clock_);
  if (!setting) {
    return false;  // the kernel says what is wrong, and sets nothing
  }
  timer.set(*setting, std::nullopt, clock_);
  note_timer_call(task.process->timers, task.tid, met(entry), clock_.now());
  const bool told = entry.args[2] == 0 || former.write(task.tid, entry.args[2], TimerUnit::micro);
  sys::skip_call(task.tid, told ? 0 : -EFAULT);
  return true;
}

bool ProcessTimers::set_posix(Task& task, const sys::CallEntry& entry) {
  const int id = static_cast<int>(entry.args[0]);
  const auto known = sys::read_posix_timers(task.process->pid);
  if (!known) {
    task.process->timers.unknown = true;
    return false;
  }
  const auto kernels =
      std::find_if(known->begin(), known->end(), [id](const sys::PosixTimer& each) { return each.id == id; });
  const auto setting = TimerSetting::read(task.tid, entry.args[2], TimerUnit::nano);
  if (kernels == known->end() || !sys::is_clock_of_time(kernels->clock) || !setting) {
    return false;
  }
  PosixTimer& timer = of(*task.process).posix[id];
  const TimerSetting former = timer.timer.setting(clock_);
  const bool absolute = (entry.args[1] & TIMER_ABSTIME) != 0;
  timer.signal = kernels->signals ? kernels->signal : 0;
  timer.thread = kernels->thread;
  timer.clock = kernels->clock;
  timer.value = kernels->value;
  timer.overrun = 0;
  timer.timer.set(*setting, absolute ? std::optional(MomentOf{timer.clock, task.went_on}) : std::nullopt, clock_);
  note_timer_call(task.process->timers, task.tid, met(entry), clock_.now());
  const bool told = entry.args[3] == 0 || former.write(task.tid, entry.args[3], TimerUnit::nano);
  sys::skip_call(task.tid, told ? 0 : -EFAULT);
  return true;
}

bool ProcessTimers::get_posix(Task& task, const sys::CallEntry& entry) {
  auto& timers = of(*task.process).posix;
  const auto found = timers.find(static_cast<int>(entry.args[0]));
  if (found == timers.end()) {
    return false;  // never armed, of CPU time, or none at all
  }
  const PosixTimer& timer = found->second;
  if (entry.number == SYS_timer_getoverrun) {
    sys::skip_call(task.tid, static_cast<std::int64_t>(timer.overrun));
  } else {
    sys::skip_call(task.tid, timer.timer.setting(clock_).write(task.tid, entry.args[1], TimerUnit::nano) ? 0 : -EFAULT);
  }
  return true;
}

void ProcessTimers::forget_program(const Process& process) {
  if (const auto found = processes_.find(process.pid); found != processes_.end()) {
    found->second.posix.clear();
  }
}

std::vector<ProcessTimers::Due> ProcessTimers::armed() const {
  std::vector<Due> armed;
  for (const auto& [pid, timers] : processes_) {
    if (timers.process->dead || timers.process->ending) {
      continue;
    }
    if (timers.real.ends) {
      armed.push_back({*timers.real.ends, timers.process, {}});
    }
    for (const auto& [id, timer] : timers.posix) {
      if (timer.timer.ends) {
        armed.push_back({*timer.timer.ends, timers.process, id});
      }
    }
  }
  return armed;
}

void ProcessTimers::end(const Due& due) {
  OfProcess& timers = of(*due.process);
  Process& process = *due.process;
  if (!due.id) {
    timers.real.pass(clock_);
    if (!timers.real.ends) {
      process.timers.real.reset();
    }
    sys::send_timer_signal({.process = process.pid, .signal = SIGALRM});
    return;
  }
  const auto found = timers.posix.find(*due.id);
  if (found == timers.posix.end()) {
    return;
  }
  PosixTimer& timer = found->second;
  const std::uint64_t times = timer.timer.pass(clock_);
  if (!timer.timer.ends) {
    process.timers.posix.erase(*due.id);
  }
  if (timer.signal == 0) {
    return;
  }
  // A timer has one signal in the queue at a time (timer_getoverrun(2)).
  const auto sets = sys::read_signal_sets(timer.thread != 0 ? timer.thread : process.pid);
  if (sets && sets->has(timer.thread != 0 ? sets->pending : sets->pending_shared, timer.signal)) {
    timer.overrun += times;
    return;
  }
  timer.overrun = times - 1;
  sys::send_timer_signal({.process = process.pid,
                          .thread = timer.thread,
                          .signal = timer.signal,
                          .timer = *due.id,
                          .overrun = static_cast<int>(timer.overrun),
                          .value = timer.value});
}

void ProcessTimers::dress(const Task& task) {
  sys::make_kernels_alarm(task.tid);
}

}  // namespace exitproof
