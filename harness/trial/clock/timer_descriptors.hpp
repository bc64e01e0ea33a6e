#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/linux/ptrace.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/clock/timer_setting.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// The timers of timerfd_create(2) by the subject's clock. The kernel's own are armed for ever, or not; what is read
/// from them is put there when they end. Processes share them, as they share open files.
class TimerDescriptors {
 public:
  using Clock = SubjectClock::Clock;

  TimerDescriptors(const SubjectClock& clock, Tree& tree) : clock_(clock), tree_(tree) {}

  /// At a seccomp stop: answers timerfd_settime(2) and timerfd_gettime(2). False when the kernel must; why_not() may say
  /// why then.
  bool answer(Task& task, const sys::CallEntry& entry);

  struct Due {
    SubjectClock::End ends;
    std::size_t timer = 0;  ///< until the next call of armed()
  };
  /// Those that are armed and that some process has open. Reads proc(5) when there are any.
  std::vector<Due> armed();
  /// It has ended.
  void end(const Due& due);

  /// What the kernel has kept from us, so that time cannot be skipped; empty: nothing.
  const std::string& why_not() const { return why_not_; }

 private:
  struct Timer {
    sys::UniqueFd copy;
    clockid_t clock = 0;
    ClockTimer timer;
  };

  Timer* find(pid_t pid, int fd);
  Timer* find_or_copy(pid_t pid, int fd);
  bool is_open_somewhere(const Timer& timer);

  const SubjectClock& clock_;
  Tree& tree_;
  std::vector<Timer> timers_;
  std::string why_not_;
};

}  // namespace exitproof
