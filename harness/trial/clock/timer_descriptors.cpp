#include "harness/trial/clock/timer_descriptors.hpp"

#include <sys/syscall.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/timer_descriptor.hpp"

namespace exitproof {

TimerDescriptors::Timer* TimerDescriptors::find(pid_t pid, int fd) {
  const auto found = std::find_if(timers_.begin(), timers_.end(), [pid, fd](const Timer& timer) {
    return sys::is_same_open_file(timer.copy.get(), pid, fd);
  });
  return found == timers_.end() ? nullptr : &*found;
}

TimerDescriptors::Timer* TimerDescriptors::find_or_copy(pid_t pid, int fd) {
  if (Timer* known = find(pid, fd); known != nullptr) {
    return known;
  }
  if (sys::read_descriptor(pid, fd) != "anon_inode:[timerfd]") {
    return nullptr;
  }
  Timer timer;
  timer.copy = sys::copy_timer_descriptor(pid, fd);
  const auto clock = timer.copy.is_open() ? sys::clock_of_timer_descriptor(timer.copy.get()) : std::nullopt;
  if (!clock || !sys::can_compare_open_files()) {
    why_not_ = "a timerfd of the subject cannot be looked into here";
    return nullptr;
  }
  timer.clock = *clock;
  timers_.push_back(std::move(timer));
  return &timers_.back();
}

bool TimerDescriptors::answer(Task& task, const sys::CallEntry& entry) {
  if (entry.number != SYS_timerfd_settime && entry.number != SYS_timerfd_gettime) {
    return false;
  }
  Timer* timer = find_or_copy(task.process->pid, static_cast<int>(entry.args[0]));
  if (timer == nullptr) {
    return false;
  }
  const TimerSetting former = timer->timer.setting(clock_);
  if (entry.number == SYS_timerfd_gettime) {
    sys::skip_call(task.tid, former.write(task.tid, entry.args[1], TimerUnit::nano) ? 0 : -EFAULT);
    return true;
  }
  constexpr std::uint64_t known_flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  const auto setting = TimerSetting::read(task.tid, entry.args[2], TimerUnit::nano);
  if (!setting || (entry.args[1] & ~known_flags) != 0) {
    return false;  // the kernel says what is wrong, and sets nothing
  }
  const bool absolute = (entry.args[1] & TFD_TIMER_ABSTIME) != 0;
  timer->timer.set(*setting, absolute ? std::optional(MomentOf{timer->clock, task.went_on}) : std::nullopt, clock_);
  sys::arm_for_ever(timer->copy.get(), timer->timer.ends.has_value());
  const bool told = entry.args[3] == 0 || former.write(task.tid, entry.args[3], TimerUnit::nano);
  sys::skip_call(task.tid, told ? 0 : -EFAULT);
  return true;
}

bool TimerDescriptors::is_open_somewhere(const Timer& timer) {
  const auto processes = tree_.alive();
  return std::any_of(processes.begin(), processes.end(), [&timer](const Process* process) {
    const auto fds = sys::list_descriptors(process->pid);
    return std::any_of(fds.begin(), fds.end(), [&](int fd) {
      return sys::read_descriptor(process->pid, fd) == "anon_inode:[timerfd]" &&
             sys::is_same_open_file(timer.copy.get(), process->pid, fd);
    });
  });
}

std::vector<TimerDescriptors::Due> TimerDescriptors::armed() {
  // One that nobody has open ends for nobody.
  std::erase_if(timers_, [this](const Timer& timer) { return timer.timer.ends && !is_open_somewhere(timer); });
  std::vector<Due> armed;
  for (std::size_t i = 0; i < timers_.size(); ++i) {
    if (timers_[i].timer.ends) {
      armed.push_back({*timers_[i].timer.ends, i});
    }
  }
  return armed;
}

void TimerDescriptors::end(const Due& due) {
  Timer& timer = timers_.at(due.timer);
  const std::uint64_t times = timer.timer.pass(clock_);
  if (!sys::end_timer_descriptor(timer.copy.get(), times, timer.timer.ends.has_value())) {
    why_not_ = "this kernel does not let a timerfd end early";
  }
}

}  // namespace exitproof
