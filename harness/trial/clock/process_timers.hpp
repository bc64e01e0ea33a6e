#pragma once

#include <map>
#include <optional>
#include <vector>

#include "harness/linux/ptrace.hpp"
#include "harness/trial/clock/timer_setting.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// The timers of processes that send signals, by the subject's clock: alarm(2), setitimer(2) with ITIMER_REAL, and
/// timer_settime(2). The kernel's own are never armed. Those of CPU time are left to the kernel.
///
/// What cannot be told apart from the kernel's timers: that sigwaitinfo(2) and signalfd(2) say SI_TIMER for alarm(2) too.
class ProcessTimers {
 public:
  using Clock = SubjectClock::Clock;

  explicit ProcessTimers(const SubjectClock& clock) : clock_(clock) {}

  /// At a seccomp stop: answers a call that sets or reads such a timer, in the kernel's place. False when it is none,
  /// and the kernel must do it. A timer that is deleted is gone.
  bool answer(Task& task, const sys::CallEntry& entry);

  /// After an exec: those of timer_create(2) are gone.
  void forget_program(const Process& process);

  struct Due {
    SubjectClock::End ends;
    Process* process = nullptr;
    std::optional<int> id;  ///< of timer_create(2); nothing: alarm(2) and setitimer(2), which are one
  };
  /// Those that are armed, of processes that live.
  std::vector<Due> armed() const;
  /// It has ended: sends its signal.
  void end(const Due& due);

  /// At the delivery stop of SIGALRM: one of ours is to look like the kernel's.
  static void dress(const Task& task);

 private:
  struct PosixTimer {
    ClockTimer timer;
    int signal = 0;    ///< 0: none is sent
    pid_t thread = 0;  ///< 0: to the process
    clockid_t clock = 0;
    std::uint64_t value = 0;
    std::uint64_t overrun = 0;  ///< of the last end
  };
  struct OfProcess {
    Process* process = nullptr;
    ClockTimer real;
    std::map<int, PosixTimer> posix;
  };

  OfProcess& of(Process& process);
  bool set_alarm(Task& task, const sys::CallEntry& entry);
  bool set_real(Task& task, const sys::CallEntry& entry);
  bool set_posix(Task& task, const sys::CallEntry& entry);
  bool get_posix(Task& task, const sys::CallEntry& entry);

  const SubjectClock& clock_;
  std::map<pid_t, OfProcess> processes_;
};

}  // namespace exitproof
