// filters_itself errno|kill|trap|strict WHERE: registers an exit handler, puts a filter upon its calls that refuses
// prctl(2) in the given way, registers another handler, allocates, and returns from main. `strict` asks for the mode in
// which no filter is needed, and goes on when it is refused. WHERE: `here`; `child`, a forked child does all that after
// the first handler; `vfork`, a child that has the memory of its maker puts the filter upon itself and runs ends_by;
// `exec`, the same without a child.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

void* volatile seen = nullptr;  // or the compiler would leave the allocation out

namespace {

void first() {
  must(write(1, "first\n", 6) == 6, "write");
}
void second() {
  must(write(1, "second\n", 7) == 7, "write");
}

void refuse_prctl(unsigned answer) {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{sizeof program / sizeof program[0], program};
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS");
  if (answer == SECCOMP_RET_TRAP) {
    must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0, "seccomp");
  } else {
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0, "PR_SET_SECCOMP");
  }
}

void filter_itself(std::string_view how) {
  if (how == "strict") {
    must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == -1 && errno == EINVAL, "no strict mode");
  } else {
    refuse_prctl(how == "kill"   ? SECCOMP_RET_KILL_PROCESS
                 : how == "trap" ? SECCOMP_RET_TRAP
                                 : SECCOMP_RET_ERRNO | EPERM);
  }
}

void work(std::string_view how) {
  filter_itself(how);
  must(std::atexit(second) == 0, "atexit");
  const auto made = std::make_unique<std::string>(100, 'x');
  seen = made.get();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string_view how = argv[1];
  const std::string_view where = argv[2];
  const std::string next = std::string(argv[0]).substr(0, std::string_view(argv[0]).rfind('/') + 1) + "ends_by";
  must(std::atexit(first) == 0, "atexit");
  if (where == "child") {
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child != 0) return reap(child) == 0 ? 0 : 1;
  }
  if (where == "vfork" || where == "exec") {
    const pid_t child = where == "vfork" ? vfork() : 0;
    must(child >= 0, "vfork");
    if (child == 0) {
      filter_itself(how);
      execl(next.c_str(), next.c_str(), nullptr);
      _exit(99);
    }
    must(reap(child) == 0, "the child");
    must(std::atexit(second) == 0, "atexit");
    return 0;
  }
  work(how);
  return 0;
}
