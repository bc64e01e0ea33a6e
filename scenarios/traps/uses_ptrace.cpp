// uses_ptrace traceme|seize: the root traces its own child: the child asks for it (traceme), or the root takes
// it (seize). Exits 0 outside; 1 with a message on stderr when ptrace(2) is refused, as it is to the subject of
// a tracer, which should say so and exit 77.
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include <csignal>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

int refused(const char* what) {
  std::perror(what);
  return 1;
}

int trace_willing_child() {
  const pid_t child = make_child([] {
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) return refused("PTRACE_TRACEME");
    must(raise(SIGSTOP) == 0, "raise");
    return 0;
  });
  const int status = reap(child);
  if (!WIFSTOPPED(status)) return 1;
  must(ptrace(PTRACE_CONT, child, 0, 0) == 0, "PTRACE_CONT");
  return reap_success(child) ? 0 : 1;
}

int seize_child() {
  const pid_t child = make_child([] {
    pause();
    return 0;
  });
  const bool seized = ptrace(PTRACE_SEIZE, child, 0, 0) == 0;
  const int status = seized ? 0 : refused("PTRACE_SEIZE");
  must(kill(child, SIGKILL) == 0, "kill");
  reap(child);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view how = argc == 2 ? argv[1] : "";
  if (how == "traceme") return trace_willing_child();
  if (how == "seize") return seize_child();
  return 2;
}
