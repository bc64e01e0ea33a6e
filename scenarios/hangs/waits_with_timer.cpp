// waits_with_timer MODE: a subject that ignores SIGTERM and waits, with a timer that can wake it or with one that
// cannot any more. Modes that end by themselves after 400 ms, whatever asks them to end before:
//   itimer posix thread timerfd sigwait signalfd receive   exit 0
//   exec-itimer                                            ended by SIGALRM, whose handler an exec has taken away
// A mode that would end after a quarter of an hour: alarm.
// Modes that never end, so that stopped by SIGTERM they hang at once:
//   disarmed ignored blocked virtual cpu-clock silent timerfd-disarmed exec-posix
//   expired    its only timer has ended, after 50 ms
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#include <csignal>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void end_well(int) {
  _exit(0);
}
void return_only(int) {}

void set_interval_timer(int which, long ms) {
  const itimerval in{{0, 0}, {0, ms * 1000}};
  must(setitimer(which, &in, nullptr) == 0, "setitimer");
}

void set_posix_timer(clockid_t clock, sigevent event, long ms) {
  timer_t timer;
  must(timer_create(clock, &event, &timer) == 0, "timer_create");
  const itimerspec in{{0, 0}, {0, ms * 1'000'000}};
  must(timer_settime(timer, 0, &in, nullptr) == 0, "timer_settime");
}

sigevent by(int notify) {
  sigevent event{};
  event.sigev_notify = notify;
  event.sigev_signo = SIGALRM;
  event.sigev_notify_function = [](sigval) { _exit(0); };
  return event;
}

int timer_descriptor(long ms) {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const itimerspec in{{0, 0}, {0, ms * 1'000'000}};
  must(fd >= 0 && timerfd_settime(fd, 0, &in, nullptr) == 0, "timerfd_settime");
  return fd;
}

sigset_t block_alarm() {
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  must(sigprocmask(SIG_BLOCK, &alarm_only, nullptr) == 0, "sigprocmask");
  return alarm_only;
}

void await_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  must(poll(&one, 1, -1) == 1, "poll");
  _exit(0);
}

void wait_for_ever() {
  while (true) pause();
}

void exec_to_wait(char** argv) {
  execl("/proc/self/exe", argv[0], "plain", nullptr);
  must(false, "exec");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  must(signal(SIGTERM, SIG_IGN) != SIG_ERR, "signal");
  const bool returns = mode == "expired" || mode == "disarmed";
  if (mode != "plain") must(signal(SIGALRM, returns ? return_only : end_well) != SIG_ERR, "signal");
  if (mode == "itimer") set_interval_timer(ITIMER_REAL, 400);
  if (mode == "alarm") alarm(900);
  if (mode == "posix") set_posix_timer(CLOCK_MONOTONIC, by(SIGEV_SIGNAL), 400);
  if (mode == "thread") set_posix_timer(CLOCK_MONOTONIC, by(SIGEV_THREAD), 400);
  if (mode == "timerfd") await_readable(timer_descriptor(400));
  if (mode == "receive") {
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0, "socketpair");
    const timeval limit{0, 400'000};
    must(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0, "setsockopt");
    char none;
    return recv(ends[0], &none, 1, 0) < 0 && errno == EAGAIN ? 0 : 1;
  }
  if (mode == "sigwait") {
    const sigset_t alarm_only = block_alarm();
    set_interval_timer(ITIMER_REAL, 400);
    int number = 0;
    must(sigwait(&alarm_only, &number) == 0, "sigwait");
    return 0;
  }
  if (mode == "signalfd") {
    const sigset_t alarm_only = block_alarm();
    set_interval_timer(ITIMER_REAL, 400);
    await_readable(signalfd(-1, &alarm_only, SFD_CLOEXEC));
  }
  if (mode == "exec-itimer") {
    set_interval_timer(ITIMER_REAL, 400);
    exec_to_wait(argv);
  }
  if (mode == "disarmed") {
    alarm(30);
    alarm(0);
  }
  if (mode == "ignored") {
    must(signal(SIGALRM, SIG_IGN) != SIG_ERR, "signal");
    alarm(30);
  }
  if (mode == "blocked") {
    block_alarm();
    alarm(30);
  }
  if (mode == "virtual") set_interval_timer(ITIMER_VIRTUAL, 400);
  if (mode == "cpu-clock") set_posix_timer(CLOCK_PROCESS_CPUTIME_ID, by(SIGEV_SIGNAL), 400);
  if (mode == "silent") set_posix_timer(CLOCK_MONOTONIC, by(SIGEV_NONE), 400);
  if (mode == "timerfd-disarmed") await_readable(timer_descriptor(0));
  if (mode == "exec-posix") {
    set_posix_timer(CLOCK_MONOTONIC, by(SIGEV_SIGNAL), 400);
    exec_to_wait(argv);
  }
  if (mode == "expired") {
    set_interval_timer(ITIMER_REAL, 50);
    pause();
  }
  wait_for_ever();
}
