// boost_process [DEFECT]: a program whose helpers are started with Boost.Process (v1). Each of two shells counts the
// letters of a word, tells the root, and rests until it is ended. The root reads both counts, ends the helpers, writes
// counts.txt and exits 0; 1 when a helper has failed; by the signal that stopped it.
#include <sys/prctl.h>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <exception>
#include <string>

#include "scenarios/defect.hpp"
#include "scenarios/orderly.hpp"
#include "scenarios/whole_file.hpp"

namespace process = boost::process;
using namespace subject;

namespace {

constexpr const char* script = "sleep 0.03; printf '%s\\n' \"${#1}\"; exec sleep 60";

/// In the child, before it becomes the helper: it does not outlive the root, and signals are as they were.
struct BeforeExec {
  pid_t parent;
  bool is_tied() const { return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent; }
  template <typename Executor>
  void operator()(Executor& /*executor*/) const {
    if (!defect::is("not_tied") && !is_tied()) _exit(1);
    signal(SIGPIPE, SIG_DFL);
    const sigset_t signals = stop_signals();
    sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  }
};

class Helper {
 public:
  explicit Helper(const char* word)
      : child_(process::exe = "/bin/sh", process::args = {"-c", script, "helper", word},
               process::std_in<process::null, process::std_out> answer_,
               process::extend::on_exec_setup = BeforeExec{getpid()}) {}
  ~Helper() {
    std::error_code ignored;
    if (defect::is("killed_and_let_go")) {
      kill(child_.id(), SIGKILL);
      child_.detach();
    } else {
      child_.terminate(ignored);  // by SIGKILL, and waits
    }
  }
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  /// What it has found; empty when it ended before.
  std::string count() {
    std::string line;
    std::getline(answer_, line);
    return line;
  }

 private:
  process::ipstream answer_;
  process::child child_;
};

/// A program that cannot be started is told of by an exception. Boost before 1.88 leaves the process that should have
/// become it as a zombie, of which nobody has the pid. It may still be about to end; one that became a helper after all
/// ends with the root.
void reap_what_failed() {
  if (defect::is("failed_start_unreaped")) return;
  for (int still = 200; still > 0 && waitpid(-1, nullptr, WNOHANG) >= 0; --still) sleep_ms(1);
}

int run() {
  std::string counts;
  {
    Helper first("exit");
    Helper second("proof");
    counts = first.count() + " " + second.count() + "\n";
  }
  sleep_ms(20);  // A program that has no helpers any more goes on.
  if (stop_asked() != 0) return 1;
  return counts == "4 5\n" && write_whole("counts.txt", counts) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv, {"failed_start_unreaped", "killed_and_let_go", "not_tied"});
  hold_stop_signals();
  int status = 1;
  try {
    status = run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    reap_what_failed();
  }
  if (const int asked = stop_asked()) end_by(asked);
  return status;
}
