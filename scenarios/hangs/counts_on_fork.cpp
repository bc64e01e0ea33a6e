// Starts a child and waits for the signal of its end: where fork(2) failed, that signal never comes.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

void note_end(int /*signal*/) {}

}  // namespace

int main() {
  struct sigaction action {};
  action.sa_handler = note_end;
  ::sigaction(SIGCHLD, &action, nullptr);
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  if (::fork() == 0) ::_exit(0);
  ::sigsuspend(&before);
  ::wait(nullptr);
}
