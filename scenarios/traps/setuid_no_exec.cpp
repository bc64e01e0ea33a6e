// setuid_no_exec: gives up root without an exec (setuid 65534), or, not root, becomes non-dumpable by prctl(2):
// nobody may attach to such a process from then on. Then it makes a child that writes to a file, already
// unlinked, which was opened before. A correct tracer follows both, since it holds them already. Exits 0; 1
// when the child failed.
#include <fcntl.h>
#include <sys/prctl.h>

#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  const int file = open("setuid_no_exec.tmp", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(file >= 0, "open");
  must(unlink("setuid_no_exec.tmp") == 0, "unlink");
  if (geteuid() == 0)
    must(setgid(65534) == 0 && setuid(65534) == 0, "setuid");
  else
    must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "PR_SET_DUMPABLE");
  must(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1, "still dumpable");
  const pid_t child = make_child([file] { return write(file, "x", 1) == 1 ? 0 : 1; });
  return reap_success(child) ? 0 : 1;
}
