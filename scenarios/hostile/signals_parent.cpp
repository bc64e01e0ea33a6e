// signals_parent [orphan]: sends SIGKILL to the parent of its root by every call that can, where nobody but the harness
// is: run elsewhere it ends the shell that started it. With `orphan` a grandchild whose parent has ended does so,
// and never as root outside. Prints what each call gave, and exits 0 when all have been made.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <csetjmp>
#include <csignal>
#include <cstring>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

sigjmp_buf refused;

void on_segv(int) {
  siglongjmp(refused, 1);
}

void tell(const char* call, long result) {
  std::printf("%s: %s\n", call, result == 0 ? "0" : std::strerror(errno));
}

/// By int 0x80; where the kernel has no i386 calls, nothing is made.
long i386_kill(pid_t pid) {
  constexpr long kill_of_i386 = 37;
  if (sigsetjmp(refused, 1) != 0) return 0;
  long result = kill_of_i386;
  asm volatile("int $0x80" : "+a"(result) : "b"(pid), "c"(SIGKILL) : "memory", "r8", "r9", "r10", "r11");
  if (static_cast<int>(result) == 0 || static_cast<int>(result) == -ENOSYS) return 0;
  errno = -static_cast<int>(result);
  return -1;
}

/// The kernel sends the signal when the socket can be read.
long owned_by(pid_t pid) {
  int ends[2] = {-1, -1};
  must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
  const long owned = fcntl(ends[0], F_SETOWN, pid);
  must(fcntl(ends[0], F_SETSIG, SIGKILL) == 0 && fcntl(ends[0], F_SETFL, O_ASYNC) == 0, "fcntl");
  must(write(ends[1], "x", 1) == 1, "write");
  return owned;
}

int signal_it(pid_t pid) {
  signal(SIGSEGV, on_segv);
  siginfo_t info{};
  info.si_signo = SIGKILL;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  tell("kill", kill(pid, SIGKILL));
  tell("tkill", syscall(SYS_tkill, pid, SIGKILL));
  tell("tgkill", syscall(SYS_tgkill, pid, pid, SIGKILL));
  tell("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &info));
  tell("rt_tgsigqueueinfo", syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGKILL, &info));
  const long pidfd = syscall(SYS_pidfd_open, pid, 0);
  tell("pidfd_send_signal", syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0));
  tell("int 0x80", i386_kill(pid));
  tell("F_SETOWN", owned_by(pid));
  return 0;
}

}  // namespace

int main(int argc, char**) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (argc == 1) return signal_it(getppid());
  int told[2] = {-1, -1};
  must(pipe(told) == 0, "pipe");
  const pid_t child = make_child([&] {
    const pid_t parent = getpid();
    make_child([&] {
      while (getppid() == parent) sleep_ms(1);
      return signal_it(getppid());
    });
    return 0;
  });
  reap_success(child);
  close(told[1]);
  char end = 0;
  return read(told[0], &end, 1) == 0 ? 0 : 1;  // when the orphan has ended
}
