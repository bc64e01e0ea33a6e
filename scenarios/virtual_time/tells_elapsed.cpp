// tells_elapsed [WAIT...]: waits two seconds in each way that a program can, and says how long it took by the clocks
// that it can read: a line "WAIT RESULT MILLISECONDS", where the milliseconds are rounded to half seconds. Where its
// clocks disagree by a quarter of a second, the line says so.
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr timespec two_seconds{2, 0};
volatile sig_atomic_t signals = 0;

void count_signal(int) {
  signals = signals + 1;
}

timespec in_two_seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return {now.tv_sec + 2, now.tv_nsec};
}

long failure(long result) {
  return result < 0 ? -errno : result;
}

long wait_for_signals(int count) {
  while (signals < count) pause();
  return signals;
}

long in_poll() {
  return poll(nullptr, 0, 2000);
}

long in_select() {
  int ends[2];
  must(pipe(ends) == 0, "pipe");
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(ends[0], &readable);
  timeval limit{2, 0};
  const int result = select(ends[0] + 1, &readable, nullptr, nullptr, &limit);
  return FD_ISSET(ends[0], &readable) || limit.tv_sec != 0 || limit.tv_usec != 0 ? 99 : result;
}

long in_select_with_rest() {
  int ends[2];
  must(pipe(ends) == 0, "pipe");
  const pid_t child = make_child([&] {
    sleep_ms(2000);
    return write(ends[1], "x", 1) == 1 ? 0 : 1;
  });
  fd_set readable;
  FD_ZERO(&readable);
  FD_SET(ends[0], &readable);
  timeval limit{10, 0};
  const int result = select(ends[0] + 1, &readable, nullptr, nullptr, &limit);
  waitpid(child, nullptr, 0);
  return result * 100 + limit.tv_sec + (limit.tv_usec >= 500'000 ? 1 : 0);
}

long in_epoll() {
  epoll_event event;
  return epoll_wait(epoll_create1(0), &event, 1, 2000);
}

long in_sigtimedwait() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  return failure(sigtimedwait(&set, nullptr, &two_seconds));
}

long in_futex() {
  std::uint32_t word = 0;
  return failure(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &two_seconds, nullptr, 0));
}

long in_condition() {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  return never.wait_for(lock, std::chrono::seconds(2)) == std::cv_status::timeout ? 0 : 1;
}

long in_condition_until() {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto until = std::chrono::system_clock::now() + std::chrono::seconds(2);
  return never.wait_until(lock, until) == std::cv_status::timeout ? 0 : 1;
}

long in_semaphore() {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  const timespec until = in_two_seconds(CLOCK_REALTIME);
  return failure(sem_timedwait(&semaphore, &until));
}

long in_semaphore_set() {
  const int set = semget(IPC_PRIVATE, 1, 0600);
  must(set >= 0, "semget");
  sembuf take{0, -1, 0};
  const long result = failure(semtimedop(set, &take, 1, &two_seconds));
  semctl(set, 0, IPC_RMID);
  return result;
}

long in_queue() {
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = 8;
  const mqd_t queue = mq_open("/tells_elapsed", O_CREAT | O_RDONLY, 0600, &attributes);
  must(queue >= 0, "mq_open");
  char message[8];
  const timespec until = in_two_seconds(CLOCK_REALTIME);
  const long result = failure(mq_timedreceive(queue, message, sizeof message, nullptr, &until));
  mq_unlink("/tells_elapsed");
  return result;
}

long in_absolute_sleep() {
  const timespec until = in_two_seconds(CLOCK_REALTIME);
  return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, nullptr);
}

long in_interrupted_sleep() {
  signal(SIGALRM, count_signal);
  alarm(2);
  timespec rest{};
  const timespec ten_seconds{10, 0};
  const int result = nanosleep(&ten_seconds, &rest);
  return result == 0 ? 99 : rest.tv_sec + (rest.tv_nsec >= 500'000'000 ? 1 : 0);
}

long in_alarm() {
  signal(SIGALRM, count_signal);
  alarm(100);
  const long former = alarm(2);
  return wait_for_signals(1) * 1000 + former;
}

long in_interval_timer() {
  signal(SIGALRM, count_signal);
  const itimerval every{{0, 500'000}, {0, 500'000}};
  setitimer(ITIMER_REAL, &every, nullptr);
  const long result = wait_for_signals(4);
  itimerval rest{};
  getitimer(ITIMER_REAL, &rest);
  const itimerval off{};
  setitimer(ITIMER_REAL, &off, nullptr);
  return result * 1000 + (rest.it_value.tv_usec > 300'000 ? rest.it_interval.tv_usec / 1000 : 0);
}

long in_posix_timer() {
  struct sigaction action {};
  static volatile int value = 0;
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = [](int, siginfo_t* info, void*) {
    value = info->si_code == SI_TIMER ? info->si_value.sival_int : -1;
    count_signal(0);
  };
  sigaction(SIGUSR2, &action, nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR2;
  event.sigev_value.sival_int = 7;
  timer_t timer;
  must(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create");
  const itimerspec once{{0, 0}, two_seconds};
  timer_settime(timer, 0, &once, nullptr);
  wait_for_signals(1);
  itimerspec rest{};
  timer_gettime(timer, &rest);
  return rest.it_value.tv_sec == 0 && rest.it_value.tv_nsec == 0 ? value : -2;
}

long in_thread_timer() {
  static sem_t ended;
  sem_init(&ended, 0, 0);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = [](sigval) { sem_post(&ended); };
  timer_t timer;
  must(timer_create(CLOCK_REALTIME, &event, &timer) == 0, "timer_create");
  const itimerspec once{{0, 0}, in_two_seconds(CLOCK_REALTIME)};
  timer_settime(timer, TIMER_ABSTIME, &once, nullptr);
  while (sem_wait(&ended) != 0) must(errno == EINTR, "sem_wait");
  return 0;
}

long in_timer_descriptor() {
  const int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  const itimerspec every{{0, 500'000'000}, {1, 0}};
  timerfd_settime(fd, 0, &every, nullptr);
  std::uint64_t often = 0;
  must(read(fd, &often, sizeof often) == sizeof often, "read");
  sleep_ms(1000);  // it ends twice meanwhile
  std::uint64_t twice = 0;
  must(read(fd, &twice, sizeof twice) == sizeof twice, "read");
  return static_cast<long>(often * 100 + twice);
}

long in_child() {
  return reap(make_child([] {
    sleep_ms(2000);
    return 5;
  }));
}

struct Wait {
  std::string_view name;
  long (*wait)();
};

constexpr Wait waits[] = {
    {"nanosleep", [] { return long{nanosleep(&two_seconds, nullptr)}; }},
    {"absolute", in_absolute_sleep},
    {"poll", in_poll},
    {"ppoll", [] { return long{ppoll(nullptr, 0, &two_seconds, nullptr)}; }},
    {"select", in_select},
    {"select-rest", in_select_with_rest},
    {"pselect", [] { return long{pselect(0, nullptr, nullptr, nullptr, &two_seconds, nullptr)}; }},
    {"epoll", in_epoll},
    {"sigtimedwait", in_sigtimedwait},
    {"futex", in_futex},
    {"condition", in_condition},
    {"condition-until", in_condition_until},
    {"semaphore", in_semaphore},
    {"semtimedop", in_semaphore_set},
    {"queue", in_queue},
    {"interrupted", in_interrupted_sleep},
    {"alarm", in_alarm},
    {"itimer", in_interval_timer},
    {"posix-timer", in_posix_timer},
    {"thread-timer", in_thread_timer},
    {"timerfd", in_timer_descriptor},
    {"child", in_child},
};

// In milliseconds.
struct Clocks {
  long monotonic = 0;
  long of_day = 0;
  long called = 0;  ///< CLOCK_BOOTTIME by a system call
  long seconds = 0;

  static Clocks read() {
    timespec monotonic{};
    timespec called{};
    timeval of_day{};
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    gettimeofday(&of_day, nullptr);
    syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &called);
    return {monotonic.tv_sec * 1000 + monotonic.tv_nsec / 1'000'000, of_day.tv_sec * 1000 + of_day.tv_usec / 1000,
            called.tv_sec * 1000 + called.tv_nsec / 1'000'000, long{time(nullptr)}};
  }
};

bool agree(const Clocks& from, const Clocks& to) {
  const long lasted = to.monotonic - from.monotonic;
  const long whole = (to.seconds - from.seconds) * 1000;
  return std::labs(to.of_day - from.of_day - lasted) < 250 && std::labs(to.called - from.called - lasted) < 250 &&
         std::labs(whole - lasted) < 1250;
}

void try_wait(const Wait& wait) {
  signals = 0;
  const Clocks before = Clocks::read();
  const long result = wait.wait();
  const Clocks after = Clocks::read();
  const long rounded = (after.monotonic - before.monotonic + 250) / 500 * 500;
  std::printf("%s %ld %ld%s\n", wait.name.data(), result, rounded, agree(before, after) ? "" : " clocks disagree");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  for (const Wait& wait : waits) {
    bool asked = argc == 1;
    for (int i = 1; i < argc; ++i) asked = asked || wait.name == argv[i];
    if (asked) try_wait(wait);
  }
}
