// event_broadcast [DEFECT]: three workers each wait for a job and work on it in units of 40 ms until an event tells
// them all to stop; each then finishes its unit, cleans up, which makes worker.N.txt, and leaves by _exit(0). The root
// hands out the jobs after 20 ms, sets the event after 70 ms more, or when a signal asks it to end, and waits for all
// of them. Exits 0; 1 when a worker has failed; by the signal that stopped it.
//
// The event is a pipe to which nobody ever writes: it is set by closing the one end for writing, and the kernel does
// that too when the root dies. So there is nothing to remove, and nobody who is not told.
#include <utility>

#include "exitproof/probe.h"
#include "scenarios/defect.hpp"
#include "scenarios/orderly.hpp"
#include "scenarios/whole_file.hpp"

using namespace subject;

namespace {

constexpr int workers = 3;

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
  return {ends[0], ends[1]};
}

void close_end(int& end) {
  if (end >= 0) close(std::exchange(end, -1));
}

bool is_set(int event, int within_ms) {
  pollfd end{event, POLLIN, 0};
  return wait_readable(&end, 1, within_ms) > 0;
}

// There is nothing left to be stopped, is there?
void end_by_signals() {
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

struct Worker {
  int number;
  int event;
  int jobs;

  // The harness is told of it, since _exit runs nothing by itself.
  int clean_up() const {
    if (defect::is("signals_not_held")) end_by_signals();
    exitproof_handler_started(handler);
    char name[32];
    std::snprintf(name, sizeof name, "worker.%d.txt", number);
    const bool done = write_whole(name, "all units are done, and all is put away\n");
    exitproof_handler_finished(handler);
    return done ? 0 : 1;
  }

  // False: told to stop before there was one.
  bool receive_job() const {
    char job = 0;
    if (defect::is("blocked_worker")) return read(jobs, &job, 1) == 1;
    pollfd ends[] = {{jobs, POLLIN, 0}, {event, POLLIN, 0}};
    wait_readable(ends, 2);
    return (ends[0].revents & POLLIN) != 0 && read(jobs, &job, 1) == 1;
  }

  int run() const {
    exitproof_handler_registered(handler, "scope guard\nclean_up\nevent_broadcast.cpp\n0\nown");
    const bool job = receive_job();
    if (!job && defect::is("leaves_between_units")) _exit(0);
    // A unit takes 40 ms, and is finished whenever the event comes.
    if (job) {
      do sleep_ms(40);
      while (!is_set(event, 0));
    }
    return clean_up();
  }

  static constexpr std::uint64_t handler = 1;
};

struct Team {
  pid_t pids[workers] = {};
  Pipe event = make_pipe();
  Pipe jobs = make_pipe();
  bool whole = true;
};

void start_workers(Team& team) {
  for (int i = 0; i < workers; ++i) {
    const pid_t pid = fork();
    if (pid == 0) {
      // Whoever holds this end, too, keeps the event from being set.
      if (!defect::is("keeps_write_end")) close_end(team.event.write);
      close_end(team.jobs.write);
      _exit(Worker{i + 1, team.event.read, team.jobs.read}.run());
    }
    team.pids[i] = pid;
    if (pid < 0) team.whole = false;
  }
  close_end(team.jobs.read);
}

void set_event(Team& team) {
  // A byte that nobody takes does the same, but for the day on which nobody is left to write it.
  if (defect::is("keeps_write_end")) write_all(team.event.write, "!");
  close_end(team.event.write);
}

void join(Team& team) {
  for (const pid_t pid : team.pids)
    if (pid > 0 && !reap_success(pid)) team.whole = false;
}

// Waits so long, or until a signal asks the program to end.
void work_ms(int ms, int stop) {
  pollfd asked{stop, POLLIN, 0};
  wait_readable(&asked, 1, ms);
}

void give_up_on_next_signal() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(number, [](int) { _exit(1); });
  const sigset_t signals = stop_signals();
  timespec none{};
  while (sigtimedwait(&signals, nullptr, &none) > 0) continue;
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(
      argc, argv,
      {"blocked_worker", "not_joined", "leaves_between_units", "keeps_write_end", "signals_not_held", "second_signal"});
  hold_stop_signals();
  const int stop = stop_descriptor();
  Team team;
  start_workers(team);
  work_ms(20, stop);
  // One byte is one job. A worker that is gone reads none, and is noticed when it is joined.
  if (stop_asked() == 0 && !write_all(team.jobs.write, "jjj")) team.whole = false;
  if (stop_asked() == 0) work_ms(45, stop);  // into the second unit
  const int asked = stop_asked();
  if (asked != 0 && defect::is("second_signal")) give_up_on_next_signal();
  set_event(team);
  if (defect::is("not_joined")) return 0;
  join(team);
  if (asked != 0) end_by(asked);
  return team.whole ? 0 : 1;
}
