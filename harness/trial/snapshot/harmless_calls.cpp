#include "harness/trial/snapshot/harmless_calls.hpp"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "harness/probe/include/exitproof/probe.h"

namespace exitproof {

namespace {

// By number, whatever their arguments; sorted by what they are about.
constexpr std::uint64_t harmless[] = {
    // the program and its memory
    SYS_execve, SYS_brk, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_arch_prctl,
    // the thread: a copy is given the same
    SYS_set_tid_address, SYS_set_robust_list, SYS_rseq, SYS_sched_yield, SYS_sched_getaffinity,
    // signals that are taken, or not
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_sigaltstack,
    // files that are looked at
    SYS_close, SYS_stat, SYS_lstat, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_access,
    SYS_faccessat, SYS_faccessat2, SYS_readlink, SYS_readlinkat, SYS_getdents64, SYS_fadvise64, SYS_getcwd, SYS_chdir,
    SYS_fchdir, SYS_umask, SYS_getxattr, SYS_lgetxattr, SYS_fgetxattr,
    // who it is, what there is
    SYS_getpid, SYS_gettid, SYS_getppid, SYS_getpgrp, SYS_getpgid, SYS_getsid, SYS_getuid, SYS_geteuid, SYS_getgid,
    SYS_getegid, SYS_getresuid, SYS_getresgid, SYS_getgroups, SYS_uname, SYS_sysinfo, SYS_getrandom, SYS_getrlimit,
    SYS_clock_gettime, SYS_clock_getres, SYS_gettimeofday, SYS_time};

// A copy has the same open file with a place of its own in it; of the three that are given, everybody has the same.
bool is_own_descriptor(std::uint64_t fd) {
  return static_cast<int>(fd) > 2;
}

bool only_opens_to_read(std::uint64_t flags) {
  constexpr std::uint64_t others = O_CREAT | O_TRUNC | O_TMPFILE | O_PATH | O_APPEND | O_ASYNC | O_DIRECT;
  // O_TMPFILE has the bit of O_DIRECTORY, which is harmless.
  return (flags & O_ACCMODE) == O_RDONLY && (flags & others & ~std::uint64_t{O_DIRECTORY}) == 0;
}

bool maps_for_itself(const sys::CallEntry& call) {
  const std::uint64_t protection = call.args[2];
  const std::uint64_t flags = call.args[3];
  const bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
  return (flags & MAP_LOCKED) == 0 && (!shared || ((flags & MAP_ANONYMOUS) == 0 && (protection & PROT_WRITE) == 0));
}

bool advises_only(std::uint64_t advice) {
  switch (static_cast<int>(advice)) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
      return true;
    default:
      return false;  // some keep memory from copies
  }
}

bool asks_of_descriptor(const sys::CallEntry& call) {
  const std::uint64_t what = call.args[1];
  if (call.number == SYS_fcntl) {
    return what == F_GETFD || what == F_SETFD || what == F_GETFL;
  }
  return what == TCGETS || what == TIOCGWINSZ || what == FIOCLEX || what == FIONCLEX;
}

bool is_harmless_prctl(std::uint64_t option) {
  constexpr std::uint64_t whole_int = std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint64_t name_memory = 0x53564d41;  // PR_SET_VMA
  option &= whole_int;
  return option == EXITPROOF_PROBE_MAGIC || option == name_memory || option == PR_CAPBSET_READ;
}

}  // namespace

bool is_harmless(const sys::CallEntry& call) {
  if (!call.native) {
    return false;
  }
  switch (call.number) {
    case SYS_open:
      return only_opens_to_read(call.args[1]);
    case SYS_openat:
      return only_opens_to_read(call.args[2]);
    case SYS_read:
    case SYS_pread64:
    case SYS_readv:
    case SYS_lseek:
      return is_own_descriptor(call.args[0]) || call.number == SYS_lseek;
    case SYS_mmap:
      return maps_for_itself(call);
    case SYS_madvise:
      return advises_only(call.args[2]);
    case SYS_fcntl:
    case SYS_ioctl:
      return asks_of_descriptor(call);
    case SYS_prlimit64:
      return call.args[2] == 0;
    case SYS_futex:
      return (static_cast<int>(call.args[1]) & FUTEX_CMD_MASK) == FUTEX_WAKE;
    case SYS_prctl:
      return is_harmless_prctl(call.args[0]);
    default:
      return std::find(std::begin(harmless), std::end(harmless), call.number) != std::end(harmless);
  }
}

bool is_harmless_once_closed(const sys::CallEntry& call) {
  return call.native &&
         (call.number == SYS_epoll_create1 || call.number == SYS_epoll_create || call.number == SYS_socket);
}

}  // namespace exitproof
