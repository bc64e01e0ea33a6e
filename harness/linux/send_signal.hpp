#pragma once

#include <sys/types.h>

#include <cstdint>

// Signals as the kernel's timers send them (sigaction(2), SI_TIMER).
namespace exitproof::sys {

struct TimerSignal {
  pid_t process = 0;
  pid_t thread = 0;  ///< of that process; 0: the process as a whole
  int signal = 0;
  int timer = -1;  ///< the timer's number; -1: of alarm(2) or setitimer(2)
  int overrun = 0;
  std::uint64_t value = 0;  ///< sigev_value
};

/// Puts it into the queue. Does nothing for a process that is gone.
void send_timer_signal(const TimerSignal& signal);

/// At the delivery stop of a SIGALRM: one that was sent for alarm(2) or setitimer(2) looks like theirs from now on, whose
/// code is SI_KERNEL. Others stay as they are.
void make_kernels_alarm(pid_t tid);

}  // namespace exitproof::sys
