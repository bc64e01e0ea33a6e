// signal_escalation [DEFECT]: three workers do a task of 20 ms each, report to the root and wait to be let go. The
// root prints "3 tasks done" and exits 0. A signal that asks it to end before that makes it ask the workers by
// SIGTERM, wait for them for 100 ms, kill and log those that are left, reap all, and exit with 128 + the signal. The
// third worker is stubborn: it ignores SIGTERM. The board, shared memory that others may look into, is always removed.
#include <poll.h>

#include <array>
#include <utility>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/segment.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr key_t board_key = 0x45530001;
constexpr long join_ms = 100;

volatile sig_atomic_t stopped_by = 0;
void on_stop(int number) {
  stopped_by = number;
}

const sigset_t stops = careful::set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE});
const sigset_t child_ended = careful::set_of({SIGCHLD});
sigset_t open_mask;

/// From here on a stop is taken note of, and comes through only where the root waits for it.
void guard() {
  must(sigprocmask(SIG_BLOCK, &stops, &open_mask) == 0, "sigprocmask");
  must(sigprocmask(SIG_BLOCK, &child_ended, nullptr) == 0, "sigprocmask");
  struct sigaction action {};
  action.sa_handler = on_stop;
  action.sa_mask = stops;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
    must(sigaction(number, &action, nullptr) == 0, "sigaction");
}

void finish_slowly(int) {
  sleep_ms(20);
  _exit(0);
}

struct Pipes {
  int result[2];
  int let_go[2];
};

int work(std::size_t index, const Pipes& pipes) {
  close(pipes.result[0]);
  close(pipes.let_go[1]);
  // The terminal interrupts all at once; the root alone decides what follows from it.
  std::signal(SIGINT, SIG_IGN);
  for (const int number : {SIGHUP, SIGQUIT, SIGPIPE}) std::signal(number, SIG_DFL);
  const std::array<void (*)(int), 3> manners{SIG_DFL, finish_slowly, SIG_IGN};
  std::signal(SIGTERM, manners.at(index));
  must(sigprocmask(SIG_SETMASK, &open_mask, nullptr) == 0, "sigprocmask");

  sleep_ms(20);
  if (!careful::write_all(pipes.result[1], ".")) return 1;
  close(pipes.result[1]);
  careful::wait_for_end_of(pipes.let_go[0]);
  return 0;
}

class Crew {
 public:
  bool start(std::size_t index, const Pipes& pipes) {
    const pid_t pid = fork();
    if (pid == 0) _exit(work(index, pipes));
    if (pid > 0) workers_.at(index) = pid;
    return pid > 0;
  }

  /// Reaps those that end within the time.
  void join(long ms) {
    const timespec end = careful::after_now(ms);
    while (!reap_ended() && careful::await_signal(child_ended, end) != 0) {
    }
  }

  void terminate() {
    for (const pid_t pid : workers_)
      if (pid > 0) kill(pid, SIGTERM);
  }

  void kill_left() {
    for (const pid_t pid : workers_) {
      if (pid <= 0) continue;
      kill(pid, SIGKILL);
      std::fprintf(stderr, "worker %d did not end and was killed\n", static_cast<int>(pid));
    }
  }

  void reap_left() {
    for (pid_t& pid : workers_)
      if (pid > 0) reap(std::exchange(pid, 0));
  }

 private:
  /// Whether none is left.
  bool reap_ended() {
    bool none_left = true;
    for (pid_t& pid : workers_) {
      if (pid > 0 && waitpid(pid, nullptr, WNOHANG) == pid) pid = 0;
      none_left = none_left && pid <= 0;
    }
    return none_left;
  }

  std::array<pid_t, 3> workers_{};
};

void escalate(Crew& crew) {
  if (defect::is("second_signal_aborts")) {
    // "Press once more to end at once."
    for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);
    must(sigprocmask(SIG_SETMASK, &open_mask, nullptr) == 0, "sigprocmask");
  }
  crew.terminate();
  crew.join(join_ms);
  if (!defect::is("no_kill")) crew.kill_left();
  if (defect::is("kill_without_wait")) {
    sleep_ms(20);  // "That is time enough for them to end."
  } else {
    crew.reap_left();
  }
}

/// How many workers have reported before all were done or a stop came.
std::size_t collect(int results) {
  std::size_t done = 0;
  while (stopped_by == 0) {
    pollfd ready{results, POLLIN, 0};
    if (ppoll(&ready, 1, nullptr, &open_mask) != 1) continue;
    char reports[3];
    const ssize_t count = careful::read_some(results, reports, sizeof reports);
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

int run(Crew& crew) {
  Pipes pipes;
  must(pipe(pipes.result) == 0 && pipe(pipes.let_go) == 0, "pipe");
  bool all = true;
  for (std::size_t index = 0; all && index < 3; ++index) {
    all = crew.start(index, pipes);
    if (index == 0 && defect::is("late_handler")) guard();
  }
  close(pipes.result[1]);
  const std::size_t done = all ? collect(pipes.result[0]) : 0;
  if (done == 3) {
    close(pipes.let_go[1]);
    crew.join(join_ms);
  }
  escalate(crew);
  if (done == 3) return careful::write_all(STDOUT_FILENO, "3 tasks done\n") ? 0 : 1;
  if (stopped_by == 0) return 1;
  return defect::is("zero_when_stopped") ? 0 : 128 + stopped_by;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv,
                 {"no_kill", "kill_without_wait", "late_handler", "second_signal_aborts", "zero_when_stopped"});
  if (!defect::is("late_handler")) guard();
  const int board = segment::make(board_key);
  must(board >= 0, "shmget");
  Crew crew;
  const int status = run(crew);
  segment::remove(board);
  return status;
}
