// clone_untraced: makes one child by clone(2) and one by clone3(2), both with CLONE_UNTRACED. Each makes,
// writes and removes a file in the working directory. A correct tracer sees both children with their
// calls. Exits 0; 1 when a child's call failed (ENOSYS, when it runs under the filter without a tracer).
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>

#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

int use_file() {
  char name[64];
  std::snprintf(name, sizeof name, "clone_untraced.%d", static_cast<int>(getpid()));
  const int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return 1;
  const bool written = write(file, "x", 1) == 1;
  close(file);
  return unlink(name) == 0 && written ? 0 : 1;
}

bool child_works(long pid, const char* what) {
  must(pid >= 0, what);
  if (pid == 0) {
    const int status = use_file();
    if (status != 0) std::perror(what);
    _exit(status);
  }
  return reap_success(static_cast<pid_t>(pid));
}

}  // namespace

int main() {
  const bool by_clone = child_works(syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0), "clone");
  clone_args arguments{};
  arguments.flags = CLONE_UNTRACED;
  arguments.exit_signal = SIGCHLD;
  const bool by_clone3 = child_works(syscall(SYS_clone3, &arguments, sizeof arguments), "clone3");
  return by_clone && by_clone3 ? 0 : 1;
}
