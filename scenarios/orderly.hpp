#pragma once

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>

#include <csignal>
#include <initializer_list>

#include "scenarios/subject.hpp"

// How a program deals with signals that ask it to end, and with its children, when it wants to end in order.
//
// INT, TERM, HUP and QUIT are blocked from the first line on and stay pending: they are looked for where an end is
// safe, so no function of the program can be cut short or entered twice, and no call fails with EINTR. What is asked
// stays asked: nobody takes the signal, and every look finds it.
namespace subject {

inline sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&signals, number);
  return signals;
}

/// Before anything is made. Children inherit it. A reader that went away is an error of write(2), no signal.
inline void hold_stop_signals() {
  const sigset_t signals = stop_signals();
  must(sigprocmask(SIG_BLOCK, &signals, nullptr) == 0, "sigprocmask");
  signal(SIGPIPE, SIG_IGN);
}

/// The signal that asks this process to end; 0: none.
inline int stop_asked() {
  sigset_t pending;
  sigpending(&pending);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    if (sigismember(&pending, number) == 1) return number;
  return 0;
}

/// A descriptor that is readable while stop_asked().
inline int stop_descriptor() {
  const sigset_t signals = stop_signals();
  const int descriptor = signalfd(-1, &signals, SFD_CLOEXEC);
  must(descriptor >= 0, "signalfd");
  return descriptor;
}

/// Ends as the signal ends a program that does not know it, so that whoever waits can tell (signal(7)).
[[noreturn]] inline void end_by(int number) {
  const sigset_t signals = stop_signals();
  signal(number, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  raise(number);
  _exit(99);
}

/// Waits until one of the descriptors is readable; how many are. Negative descriptors are passed over.
inline int wait_readable(pollfd* descriptors, nfds_t count, int timeout_ms = -1) {
  int ready = 0;
  do ready = poll(descriptors, count, timeout_ms);
  while (ready < 0 && errno == EINTR);
  must(ready >= 0, "poll");
  return ready;
}

/// A child that does not outlive its parent, whatever ends that. -1: there is none (fork(2)). It ends with the status
/// that `body` returns, without running anything that it has inherited.
template <typename Body>
pid_t fork_tied(Body body) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid != 0) return pid;
  // The parent may have ended before the kernel was told.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);
  _exit(body());
}

/// A descriptor that is readable when the child has ended; -1: there is none.
inline int pidfd_of(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

}  // namespace subject
