#include "harness/trial/tree/timers.hpp"

#include <sys/syscall.h>
#include <sys/time.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/signals.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

namespace {

using Clock = Timers::Clock;

// The signal of a timer that has ended may be late on a busy machine.
constexpr std::chrono::milliseconds signal_may_lag{500};

// itimerval and itimerspec: the interval, then the value; each in seconds and a fraction.
struct Setting {
  std::int64_t interval_s = 0;
  std::int64_t interval_fraction = 0;
  std::int64_t value_s = 0;
  std::int64_t value_fraction = 0;

  bool disarms() const { return value_s == 0 && value_fraction == 0; }
  bool repeats() const { return interval_s != 0 || interval_fraction != 0; }
};
static_assert(sizeof(Setting) == sizeof(itimerval) && sizeof(Setting) == sizeof(itimerspec));

std::optional<Setting> read_setting(pid_t tid, std::uint64_t address) {
  Setting setting;
  const std::string bytes = sys::read_memory(tid, address, sizeof setting);
  if (bytes.size() != sizeof setting) {
    return std::nullopt;
  }
  std::memcpy(&setting, bytes.data(), sizeof setting);
  return setting;
}

// A timer that ends later than any trial has no end that matters.
Timers::Armed ending_after(std::int64_t seconds, Clock::duration fraction, Clock::time_point now) {
  constexpr std::int64_t for_ever = 1'000'000;
  return seconds > for_ever ? Timers::Armed{} : Timers::Armed{now + std::chrono::seconds(seconds) + fraction};
}

void set_real(Timers& timers, const std::optional<Setting>& setting, Clock::time_point now) {
  if (setting && setting->disarms()) {
    timers.real.reset();
  } else if (!setting || setting->repeats()) {
    timers.real = Timers::Armed{};
  } else {
    timers.real = ending_after(setting->value_s, std::chrono::microseconds(setting->value_fraction), now);
  }
}

void set_posix(Timers& timers, const MetCall& call, const std::optional<Setting>& setting, Clock::time_point now) {
  const int id = static_cast<int>(call.args[0]);
  const bool absolute = (call.args[1] & TIMER_ABSTIME) != 0;  // on a clock that is not ours
  if (setting && setting->disarms()) {
    timers.posix.erase(id);
  } else if (!setting || setting->repeats() || absolute) {
    timers.posix[id] = Timers::Armed{};
  } else {
    timers.posix[id] = ending_after(setting->value_s, std::chrono::nanoseconds(setting->value_fraction), now);
  }
}

bool is_armed(const Timers::Armed& timer, Clock::time_point now) {
  return !timer.ends || now < *timer.ends + signal_may_lag;
}

bool has_signal_descriptor(pid_t pid) {
  const auto fds = sys::list_descriptors(pid);
  return std::any_of(fds.begin(), fds.end(),
                     [pid](int fd) { return sys::read_descriptor(pid, fd) == "anon_inode:[signalfd]"; });
}

bool reaches(const Task& task, int signal) {
  const auto sets = sys::read_signal_sets(task.tid);
  if (!sets) {
    return true;
  }
  if (sets->has(sets->blocked, signal)) {
    return false;  // the signals that sigtimedwait(2) waits for are not blocked meanwhile
  }
  const auto call = sys::read_call_in_progress(task.process->pid, task.tid);
  const bool in_vain =
      sets->has(sets->ignored, signal) || (sys::is_ignored_by_default(signal) && !sets->has(sets->caught, signal));
  return !in_vain || !call || call->number == SYS_rt_sigtimedwait;
}

bool reaches(const Process& process, int signal) {
  return has_signal_descriptor(process.pid) ||
         std::any_of(process.tasks.begin(), process.tasks.end(),
                     [signal](const Task* task) { return !task->exiting && reaches(*task, signal); });
}

}  // namespace

void note_timer_call(Timers& timers, pid_t tid, const MetCall& call, Clock::time_point now) {
  switch (call.number) {
    case SYS_alarm:
      timers.real.reset();
      if (const auto seconds = static_cast<unsigned>(call.args[0]); seconds != 0) {
        timers.real = ending_after(seconds, {}, now);
      }
      break;
    case SYS_setitimer:
      if (call.args[0] == ITIMER_REAL) {
        // A null pointer disarms it (setitimer(2), BUGS).
        set_real(timers, call.args[1] == 0 ? Setting{} : read_setting(tid, call.args[1]), now);
      }
      break;
    case SYS_timer_settime:
      set_posix(timers, call, read_setting(tid, call.args[2]), now);
      break;
    case SYS_timer_delete:
      timers.posix.erase(static_cast<int>(call.args[0]));
      break;
    default:
      break;
  }
}

bool may_be_woken_by_timer(const Process& process, Clock::time_point now) {
  const Timers& timers = process.timers;
  if (timers.unknown || (timers.real && is_armed(*timers.real, now) && reaches(process, SIGALRM))) {
    return true;
  }
  if (std::none_of(timers.posix.begin(), timers.posix.end(),
                   [now](const auto& entry) { return is_armed(entry.second, now); })) {
    return false;
  }
  const auto existing = sys::read_posix_timers(process.pid);
  return !existing || std::any_of(existing->begin(), existing->end(), [&](const sys::PosixTimer& timer) {
    const auto set = timers.posix.find(timer.id);
    return set != timers.posix.end() && is_armed(set->second, now) && timer.signals && !timer.of_cpu_time &&
           reaches(process, timer.signal);
  });
}

}  // namespace exitproof
