// parent_watchdog [FORM | DEFECT]: the root makes a parent, and the parent makes a worker whose one task would take a
// minute. After 100 ms of work the root asks the parent by SIGTERM to end, and that the worker; each says its last word
// in an exit handler, and the root prints "all ended" and exits 0. Parent and worker watch the process above them, and
// when it is gone they end as if they had been asked to. The FORM of the watch, each correct: getppid (the default),
// kill0, pdeathsig, pidfd.
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr long minute_ms = 60'000;
constexpr long work_ms = 100;
constexpr long set_up_ms = 1;
constexpr long poll_ms = 30;

// Blocked in all threads from the start on, and taken only where a process waits: nothing is lost before that.
const sigset_t stops = careful::set_of({SIGINT, SIGTERM});
const sigset_t events = careful::set_of({SIGINT, SIGTERM, SIGCHLD});

struct Watch {
  pid_t self;       ///< the watcher
  pid_t parent;     ///< the watched
  int parent_file;  ///< its pidfd; -1 in other forms
};

int open_pidfd(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

bool form_is(std::string_view name) {
  return defect::is(name);
}

bool uses_pdeathsig() {
  return form_is("pdeathsig") || defect::is("no_recheck") || defect::is("set_by_short_thread");
}

bool uses_pidfd() {
  return form_is("pidfd") || defect::is("pidfd_of_new_parent");
}

bool uses_kill0() {
  return form_is("kill0") || defect::is("unreaped_parent");
}

bool is_gone(const Watch& watch) {
  return uses_kill0() ? kill(watch.parent, 0) != 0 : getppid() != watch.parent;
}

void* poll_parent(void* argument) {
  const Watch& watch = *static_cast<const Watch*>(argument);
  if (uses_pidfd()) {
    // A process that has ended is readable, reaped or not.
    pollfd ended{watch.parent_file, POLLIN, 0};
    while (poll(&ended, 1, -1) != 1) {
    }
  } else {
    while (!is_gone(watch)) sleep_ms(poll_ms);
  }
  kill(watch.self, SIGTERM);
  return nullptr;
}

void* arm_and_end(void*) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  return nullptr;
}

/// From now on the end of the parent is a SIGTERM for this process. False: it cannot be watched, or is gone already.
bool watch_parent(Watch& watch) {
  pthread_t thread;
  if (defect::is("between_tasks")) return true;
  if (defect::is("set_by_short_thread")) {
    // The setting belongs to the thread that made it, and ends with it.
    if (pthread_create(&thread, nullptr, arm_and_end, nullptr) != 0) return false;
    pthread_join(thread, nullptr);
    return getppid() == watch.parent;
  }
  if (uses_pdeathsig()) {
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) return false;
    return defect::is("no_recheck") || getppid() == watch.parent;
  }
  // Too late, where the parent is gone already: then this is the process that has adopted it.
  if (defect::is("parent_read_too_late")) watch.parent = getppid();
  if (defect::is("pidfd_of_new_parent")) watch.parent_file = open_pidfd(getppid());
  return pthread_create(&thread, nullptr, poll_parent, &watch) == 0 && pthread_detach(thread) == 0;
}

void say_last_word() {
  dprintf(STDERR_FILENO, "%d has cleaned up\n", static_cast<int>(getpid()));
}

/// Does the task in slices, as one that consists of many would; between two it looks for its parent.
int look_between_tasks(const Watch& watch) {
  while (getppid() == watch.parent)
    if (careful::await_signal(stops, careful::after_now(minute_ms)) != 0) return 0;
  return 0;
}

int work(Watch& watch) {
  std::atexit(say_last_word);
  if (!watch_parent(watch)) return 1;
  if (defect::is("between_tasks")) return look_between_tasks(watch);
  return careful::await_signal(stops, careful::after_now(minute_ms)) != 0 ? 0 : 1;
}

/// A child that runs `body` with a watch on this process.
template <typename Body>
pid_t make_watcher(Body body) {
  Watch watch{0, getpid(), -1};
  // Opened by the watched itself: it is there.
  if (uses_pidfd() && (watch.parent_file = open_pidfd(watch.parent)) < 0) return -1;
  const pid_t pid = fork();
  if (pid == 0) {
    watch.self = getpid();
    sleep_ms(set_up_ms);  // As a program needs to load what it uses: its parent may be gone by then.
    std::exit(body(watch));
  }
  if (watch.parent_file >= 0) close(watch.parent_file);
  return pid;
}

/// Until the time is over, a stop comes or the child ends. Then it ends and reaps the child.
bool lead(pid_t child, long ms) {
  const int event = careful::await_signal(events, careful::after_now(ms));
  kill(child, SIGTERM);
  return reap_success(child) && event != SIGCHLD;
}

int be_parent(Watch& watch) {
  if (!watch_parent(watch)) return 1;
  const pid_t worker = make_watcher(work);
  std::atexit(say_last_word);  // After the fork: the worker has one of its own.
  return worker > 0 && lead(worker, minute_ms) ? 0 : 1;
}

/// Reads what parent and worker have to say to its end, and only then asks what became of the parent.
bool read_before_reaping(pid_t parent, int told) {
  careful::await_signal(stops, careful::after_now(work_ms));
  kill(parent, SIGTERM);
  careful::wait_for_end_of(told);
  return reap_success(parent);
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv,
                 {"getppid", "kill0", "pdeathsig", "pidfd", "parent_read_too_late", "unreaped_parent", "no_recheck",
                  "pidfd_of_new_parent", "set_by_short_thread", "between_tasks"});
  must(sigprocmask(SIG_BLOCK, &events, nullptr) == 0, "sigprocmask");
  int told[2];
  must(pipe(told) == 0, "pipe");
  const pid_t parent = make_watcher([&told](Watch& watch) {
    close(told[0]);
    return be_parent(watch);
  });
  must(parent > 0, "fork");
  close(told[1]);
  const bool good = defect::is("unreaped_parent") ? read_before_reaping(parent, told[0]) : lead(parent, work_ms);
  if (!good) return 1;
  return careful::write_all(STDOUT_FILENO, "all ended\n") ? 0 : 1;
}
