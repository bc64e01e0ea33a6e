#include "harness/linux/send_signal.hpp"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace exitproof::sys {

void send_timer_signal(const TimerSignal& signal) {
  siginfo_t info{};
  info.si_signo = signal.signal;
  info.si_code = SI_TIMER;
  info.si_timerid = signal.timer;
  info.si_overrun = signal.overrun;
  info.si_value.sival_ptr = reinterpret_cast<void*>(signal.value);
  if (signal.thread != 0) {
    ::syscall(SYS_rt_tgsigqueueinfo, signal.process, signal.thread, signal.signal, &info);
  } else {
    ::syscall(SYS_rt_sigqueueinfo, signal.process, signal.signal, &info);
  }
}

void make_kernels_alarm(pid_t tid) {
  siginfo_t info{};
  if (::ptrace(PTRACE_GETSIGINFO, tid, nullptr, &info) != 0 || info.si_code != SI_TIMER || info.si_timerid != -1) {
    return;
  }
  siginfo_t kernels{};
  kernels.si_signo = info.si_signo;
  kernels.si_code = SI_KERNEL;
  ::ptrace(PTRACE_SETSIGINFO, tid, nullptr, &kernels);
}

}  // namespace exitproof::sys
