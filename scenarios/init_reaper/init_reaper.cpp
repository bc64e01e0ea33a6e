// init_reaper [DEFECT] [--exit N | --signal N]: the first process of a container in small. It runs a main child, adopts
// what that leaves behind, reaps whatever ends, and when the main child has ended it ends the rest and exits with the
// main child's status: its exit code, or 128 + the signal that ended it. The main child starts two daemons that are
// orphaned at once, one that ends after 20 ms and one that would work for a minute; after 80 ms it prints "main done"
// and exits with N, or ends by signal N.
#include <poll.h>
#include <sys/prctl.h>

#include <charconv>
#include <cstring>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

const sigset_t events = careful::set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD});
sigset_t open_mask;

struct Ending {
  int code = 0;
  int signal = 0;
};

/// Works for so long, but not longer than init lives.
void work(int init_is_there, int ms) {
  const timespec end = careful::after_now(ms);
  pollfd init{init_is_there, 0, 0};
  timespec left = careful::left_until(end);
  while (ppoll(&init, 1, &left, nullptr) < 0 && errno == EINTR) left = careful::left_until(end);
  if (init.revents != 0) _exit(1);
}

/// A process whose parent ends at once.
bool start_daemon(int init_is_there, int ms) {
  const pid_t between = fork();
  if (between == 0) {
    const pid_t daemon = fork();
    if (daemon == 0) {
      work(init_is_there, ms);
      _exit(0);
    }
    _exit(daemon < 0 ? 1 : 0);
  }
  return between > 0 && reap_success(between);
}

int be_main(int init_is_there, const Ending& ending) {
  must(sigprocmask(SIG_SETMASK, &open_mask, nullptr) == 0, "sigprocmask");
  if (!start_daemon(init_is_there, 20) || !start_daemon(init_is_there, 60'000)) return 1;
  work(init_is_there, 80);
  if (!careful::write_all(STDOUT_FILENO, "main done\n")) return 1;
  if (ending.signal == 0) return ending.code;
  std::signal(ending.signal, SIG_DFL);
  raise(ending.signal);
  return 99;
}

class Init {
 public:
  explicit Init(pid_t main) : main_(main) {}

  /// Reaps until the main child has ended, and passes on to it what comes meanwhile.
  int run() {
    while (reap_all(), status_ < 0) {
      int event = 0;
      if (defect::is("missed_death")) {
        await_by_handler();
      } else {
        event = careful::await_signal(events, careful::after_now(60'000));
      }
      if (event != 0 && event != SIGCHLD) kill(main_, event);
    }
    return status_;
  }

 private:
  void reap_all() {
    int status = 0;
    const pid_t whom = defect::is("reaps_main_only") ? main_ : -1;
    for (pid_t ended = 0; (ended = waitpid(whom, &status, WNOHANG)) > 0;)
      if (ended == main_) status_ = pass_through(status);
  }

  static int pass_through(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return defect::is("signal_is_zero") ? 0 : 128 + WTERMSIG(status);
  }

  // A child that ends between the look of before and pause(2) has told so already.
  static void await_by_handler() {
    std::signal(SIGCHLD, [](int) {});
    sigprocmask(SIG_SETMASK, &open_mask, nullptr);
    std::fputs("init waits\n", stderr);
    pause();
  }

  pid_t main_;
  int status_ = -1;
};

/// Whom init has adopted ends when the pipe does; all are reaped.
void end_the_rest(int last_end) {
  close(last_end);
  if (defect::is("reaps_main_only")) return;
  while (wait(nullptr) > 0 || errno == EINTR) {
  }
}

Ending ending_of(int argc, char** argv) {
  Ending ending;
  for (int i = 1; i + 1 < argc; ++i) {
    int& value = std::strcmp(argv[i], "--signal") == 0 ? ending.signal : ending.code;
    if (std::strncmp(argv[i], "--", 2) == 0)
      std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), value);
  }
  return ending;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strncmp(argv[1], "--", 2) != 0)
    defect::choose(argc, argv, {"signal_is_zero", "reaps_main_only", "missed_death"});
  const Ending ending = ending_of(argc, argv);
  must(sigprocmask(SIG_BLOCK, &events, &open_mask) == 0, "sigprocmask");
  must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "prctl");
  int init_is_there[2];
  must(pipe(init_is_there) == 0, "pipe");
  const pid_t main_child = fork();
  if (main_child == 0) {
    close(init_is_there[1]);
    _exit(be_main(init_is_there[0], ending));
  }
  must(main_child > 0, "fork");
  close(init_is_there[0]);
  const int status = Init(main_child).run();
  end_the_rest(init_is_there[1]);
  return status;
}
