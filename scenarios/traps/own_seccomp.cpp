// own_seccomp errno|kill: a child installs a seccomp filter of its own for mkdir(2), mkdirat(2) and mknod(2),
// then makes a directory. errno: the call fails with EACCES. kill: the child dies of SIGSYS. Both outrank what
// a tracer's filter says, so that the call is never reported. Exits 0; 1 when the child ended otherwise.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csignal>
#include <cstddef>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void refuse_directories(unsigned answer) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mknod, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{sizeof program / sizeof program[0], program};
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS");
  must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0, "PR_SET_SECCOMP");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view how = argc == 2 ? argv[1] : "";
  if (how != "errno" && how != "kill") return 2;
  const unsigned answer = how == "errno" ? SECCOMP_RET_ERRNO | EACCES : SECCOMP_RET_KILL_PROCESS;
  const int status = reap(make_child([answer] {
    refuse_directories(answer);
    return mkdir("own_seccomp.dir", 0700) == -1 && errno == EACCES ? 0 : 1;
  }));
  if (how == "kill") return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS ? 0 : 1;
  return status == 0 ? 0 : 1;
}
