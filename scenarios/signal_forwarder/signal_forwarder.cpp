// signal_forwarder [DEFECT]: a wrapper runs a command, here a child that works for 60 ms and then prints "work done",
// and exits with its status. Signals that ask it to end it passes on, and it waits until the command has ended; the
// command takes 50 ms to clean up, which removes its scratch segment. Whatever becomes of the wrapper, the command is
// killed with it: the next run then takes the segment over.
#include <sys/prctl.h>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/segment.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr key_t scratch_key = 0x53460001;
constexpr long work_ms = 60;
constexpr long clean_up_ms = 50;

const sigset_t stops = careful::set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE});
const sigset_t events = careful::set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD});

/// The command. Its signals stay blocked but where it waits for them: none cuts its clean-up.
int command() {
  const int scratch = segment::make(scratch_key);
  if (scratch < 0) return 1;
  const int stop = careful::await_signal(stops, careful::after_now(work_ms));
  if (stop != 0) sleep_ms(clean_up_ms);
  segment::remove(scratch);
  if (stop == 0) return careful::write_all(STDOUT_FILENO, "work done\n") ? 0 : 1;
  // It ends by the signal, as those who look at its status expect.
  std::signal(stop, SIG_DFL);
  raise(stop);
  sigprocmask(SIG_UNBLOCK, &stops, nullptr);
  return 128 + stop;
}

/// The command's status as a shell would tell it.
int status_of(int wait_status) {
  if (WIFEXITED(wait_status)) return WEXITSTATUS(wait_status);
  return defect::is("signal_is_zero") ? 0 : 128 + WTERMSIG(wait_status);
}

/// Until the command has ended.
int forward(pid_t child) {
  while (true) {
    const int event = careful::await_signal(events, careful::after_now(60'000));
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) return status_of(status);
    if (event == 0 || event == SIGCHLD) continue;
    kill(child, event);
    if (defect::is("no_wait")) return 128 + event;
    if (defect::is("second_signal_ends_wrapper")) {
      std::signal(event, SIG_DFL);
      sigprocmask(SIG_UNBLOCK, &stops, nullptr);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv, {"no_wait", "signal_is_zero", "second_signal_ends_wrapper", "blocked_too_late"});
  const sigset_t at_first = defect::is("blocked_too_late") ? careful::set_of({SIGCHLD}) : events;
  must(sigprocmask(SIG_BLOCK, &at_first, nullptr) == 0, "sigprocmask");
  const pid_t wrapper = getpid();
  const pid_t child = fork();
  if (child == 0) {
    must(sigprocmask(SIG_BLOCK, &stops, nullptr) == 0, "sigprocmask");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != wrapper) _exit(1);
    _exit(command());
  }
  must(child > 0, "fork");
  sleep_ms(1);  // A wrapper has things of its own to set up.
  std::fprintf(stderr, "%d was started\n", static_cast<int>(child));
  // A signal that came before ends the wrapper alone.
  if (defect::is("blocked_too_late")) must(sigprocmask(SIG_BLOCK, &events, nullptr) == 0, "sigprocmask");
  return forward(child);
}
