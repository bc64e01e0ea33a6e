// password_prompt [DEFECT]: asks for a password on its terminal, which does not echo meanwhile, and waits 60 ms for an
// answer. Prints "no answer" and exits 0 when none comes; 3 without a terminal; by the signal that stopped it. However
// it ends, but for SIGKILL, the terminal is as it was before.
#include <fcntl.h>
#include <termios.h>

#include "scenarios/defect.hpp"
#include "scenarios/orderly.hpp"
#include "scenarios/whole_file.hpp"

using namespace subject;

namespace {

constexpr int answer_ms = 60;

/// The terminal without echo, as long as the object lives.
class Quiet {
 public:
  explicit Quiet(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
    // Should it fail half-way, it is put back as well.
    done_ = tcsetattr(terminal_, TCSANOW, &quiet) == 0;
    if (!done_) restore();
  }
  ~Quiet() {
    if (done_ && !defect::is("not_restored")) restore();
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

  bool done() const { return done_; }

 private:
  // Another part of the terminal's session may stop us here, or a signal come.
  void restore() const {
    while (tcsetattr(terminal_, TCSANOW, &before_) != 0 && errno == EINTR) continue;
  }

  int terminal_;
  termios before_{};
  bool done_ = false;
};

// Whatever is there to be undone, it is left.
void leave(int number) {
  _exit(128 + number);
}

void leave_on_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(number, leave);
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

bool ask(int terminal, int stop) {
  const Quiet quiet(terminal);
  if (!quiet.done()) return false;
  if (defect::is("handler_leaves")) leave_on_signals();
  pollfd waits[] = {{stop, POLLIN, 0}, {terminal, POLLIN, 0}};
  wait_readable(waits, 2, answer_ms);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv, {"not_restored", "handler_leaves"});
  hold_stop_signals();
  const int stop = stop_descriptor();
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return 3;
  const bool asked = ask(terminal, stop);
  if (const int number = stop_asked()) end_by(number);
  if (!asked) return 3;
  return write_all(STDOUT_FILENO, "no answer\n") ? 0 : 1;
}
