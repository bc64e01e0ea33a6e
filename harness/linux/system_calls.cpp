#include "harness/linux/system_calls.hpp"

#include <fmt/format.h>
#include <seccomp.h>
#include <sys/syscall.h>

#include <array>
#include <cstdlib>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

namespace exitproof::sys {

namespace {

using enum CallClass;
using enum ObjectKind;
using enum CallFilter;

// <sys/socket.h> is not included here: its bind, connect, accept and listen would hide the classes.
constexpr SystemCall table[] = {
    {SYS_open, "open", open, path, 0, opens_for_change, 1},
    {SYS_openat, "openat", open, path_at, 0, opens_for_change, 2},
    {SYS_openat2, "openat2", open, path_at, 0, opens_how, 2},
    {SYS_creat, "creat", open, path, 0},

    {SYS_write, "write", write, descriptor, 0, always, 0, true},
    {SYS_writev, "writev", write, descriptor, 0, always, 0, true},
    {SYS_pwrite64, "pwrite64", write, descriptor, 0, always, 0, true},
    {SYS_pwritev, "pwritev", write, descriptor, 0, always, 0, true},
    {SYS_pwritev2, "pwritev2", write, descriptor, 0, always, 0, true},
    {SYS_sendfile, "sendfile", write, descriptor, 0, always, 0, true},
    {SYS_copy_file_range, "copy_file_range", write, descriptor, 2, always, 0, true},
    {SYS_splice, "splice", write, descriptor, 2, always, 0, true},
    {SYS_tee, "tee", write, descriptor, 1, always, 0, true},
    {SYS_vmsplice, "vmsplice", write, descriptor, 0, always, 0, true},

    {SYS_read, "read", read, descriptor, 0, always, 0, true},
    {SYS_readv, "readv", read, descriptor, 0, always, 0, true},
    {SYS_pread64, "pread64", read, descriptor, 0, always, 0, true},
    {SYS_preadv, "preadv", read, descriptor, 0, always, 0, true},
    {SYS_preadv2, "preadv2", read, descriptor, 0, always, 0, true},

    {SYS_close, "close", CallClass::close, descriptor, 0},
    {SYS_close_range, "close_range", CallClass::close, number, 0},

    {SYS_rename, "rename", rename, two_paths, 1},
    {SYS_renameat, "renameat", rename, two_paths_at, 2},
    {SYS_renameat2, "renameat2", rename, two_paths_at, 2},

    {SYS_unlink, "unlink", unlink, path, 0},
    {SYS_unlinkat, "unlinkat", unlink, path_at, 0},
    {SYS_rmdir, "rmdir", unlink, path, 0},

    {SYS_mkdir, "mkdir", mkdir, path, 0},
    {SYS_mkdirat, "mkdirat", mkdir, path_at, 0},
    {SYS_mknod, "mknod", mkdir, path, 0},
    {SYS_mknodat, "mknodat", mkdir, path_at, 0},

    {SYS_link, "link", CallClass::link, two_paths, 1},
    {SYS_linkat, "linkat", CallClass::link, two_paths_at, 2},
    {SYS_symlink, "symlink", CallClass::link, two_paths, 1},
    {SYS_symlinkat, "symlinkat", CallClass::link, two_paths_at, 1},

    {SYS_truncate, "truncate", truncate, path, 0},
    {SYS_ftruncate, "ftruncate", truncate, descriptor, 0},
    {SYS_fallocate, "fallocate", truncate, descriptor, 0},

    {SYS_fsync, "fsync", sync, descriptor, 0},
    {SYS_fdatasync, "fdatasync", sync, descriptor, 0},
    {SYS_sync_file_range, "sync_file_range", sync, descriptor, 0},
    {SYS_syncfs, "syncfs", sync, descriptor, 0},
    {SYS_sync, "sync", sync},
    {SYS_msync, "msync", sync},

    {SYS_chmod, "chmod", chmod, path, 0},
    {SYS_fchmod, "fchmod", chmod, descriptor, 0},
    {SYS_fchmodat, "fchmodat", chmod, path_at, 0},
    {SYS_fchmodat2, "fchmodat2", chmod, path_at, 0},
    {SYS_chown, "chown", chmod, path, 0},
    {SYS_fchown, "fchown", chmod, descriptor, 0},
    {SYS_lchown, "lchown", chmod, path, 0},
    {SYS_fchownat, "fchownat", chmod, path_at, 0},
    {SYS_utime, "utime", chmod, path, 0},
    {SYS_utimes, "utimes", chmod, path, 0},
    {SYS_futimesat, "futimesat", chmod, path_at, 0},
    {SYS_utimensat, "utimensat", chmod, path_at, 0},
    {SYS_setxattr, "setxattr", chmod, path, 0},
    {SYS_lsetxattr, "lsetxattr", chmod, path, 0},
    {SYS_fsetxattr, "fsetxattr", chmod, descriptor, 0},
    {SYS_removexattr, "removexattr", chmod, path, 0},
    {SYS_lremovexattr, "lremovexattr", chmod, path, 0},
    {SYS_fremovexattr, "fremovexattr", chmod, descriptor, 0},

    {SYS_flock, "flock", lock, descriptor, 0},
    {SYS_fcntl, "fcntl", lock, descriptor, 0, lock_command, 1},

    {SYS_shmget, "shmget", shm, number, 0},
    {SYS_shmctl, "shmctl", shm, number, 0},
    {SYS_shmat, "shmat", shm, number, 0},
    {SYS_semget, "semget", shm, number, 0},
    {SYS_semctl, "semctl", shm, number, 0},
    {SYS_msgget, "msgget", shm, number, 0},
    {SYS_msgctl, "msgctl", shm, number, 0},
    {SYS_mq_open, "mq_open", shm, path, 0},
    {SYS_mq_unlink, "mq_unlink", shm, path, 0},

    {SYS_fork, "fork", fork},
    {SYS_vfork, "vfork", fork},
    {SYS_clone, "clone", fork},
    {SYS_clone3, "clone3", fork},

    {SYS_execve, "execve", exec, path, 0},
    {SYS_execveat, "execveat", exec, path_at, 0},

    {SYS_wait4, "wait4", wait, pid, 0},
    {SYS_waitid, "waitid", wait, pid, 1},

    {SYS_exit, "exit", CallClass::exit, number, 0},
    {SYS_exit_group, "exit_group", CallClass::exit, number, 0},

    {SYS_kill, "kill", kill, pid, 0},
    {SYS_tkill, "tkill", kill, pid, 0},
    {SYS_tgkill, "tgkill", kill, pid, 0},
    {SYS_rt_sigqueueinfo, "rt_sigqueueinfo", kill, pid, 0},
    {SYS_rt_tgsigqueueinfo, "rt_tgsigqueueinfo", kill, pid, 0},
    {SYS_pidfd_send_signal, "pidfd_send_signal", kill, descriptor, 0},

    {SYS_rt_sigaction, "rt_sigaction", sigaction, number, 0},
    {SYS_rt_sigprocmask, "rt_sigprocmask", sigaction, number, 0},

    {SYS_nanosleep, "nanosleep", CallClass::sleep},
    {SYS_clock_nanosleep, "clock_nanosleep", CallClass::sleep},
    {SYS_pause, "pause", CallClass::sleep},
    {SYS_rt_sigsuspend, "rt_sigsuspend", CallClass::sleep},
    {SYS_rt_sigtimedwait, "rt_sigtimedwait", CallClass::sleep},

    {SYS_poll, "poll", poll},
    {SYS_ppoll, "ppoll", poll},
    {SYS_select, "select", poll},
    {SYS_pselect6, "pselect6", poll},
    {SYS_epoll_wait, "epoll_wait", poll, descriptor, 0},
    {SYS_epoll_pwait, "epoll_pwait", poll, descriptor, 0},
    {SYS_epoll_pwait2, "epoll_pwait2", poll, descriptor, 0},

    {SYS_futex, "futex", futex, number, 0},

    {SYS_bind, "bind", CallClass::bind, descriptor, 0},
    {SYS_listen, "listen", CallClass::bind, descriptor, 0},
    {SYS_connect, "connect", CallClass::connect, descriptor, 0},
    {SYS_accept, "accept", CallClass::accept, descriptor, 0},
    {SYS_accept4, "accept4", CallClass::accept, descriptor, 0},

    {SYS_sendto, "sendto", CallClass::send, descriptor, 0},
    {SYS_sendmsg, "sendmsg", CallClass::send, descriptor, 0},
    {SYS_sendmmsg, "sendmmsg", CallClass::send, descriptor, 0},
    {SYS_recvfrom, "recvfrom", CallClass::recv, descriptor, 0},
    {SYS_recvmsg, "recvmsg", CallClass::recv, descriptor, 0},
    {SYS_recvmmsg, "recvmmsg", CallClass::recv, descriptor, 0},
};

constexpr std::size_t numbers = 512;

constexpr std::array<std::int16_t, numbers> index_by_number() {
  std::array<std::int16_t, numbers> index{};
  index.fill(-1);
  for (std::size_t i = 0; i < std::size(table); ++i) {
    index[table[i].number] = static_cast<std::int16_t>(i);
  }
  return index;
}

constexpr auto by_number = index_by_number();

}  // namespace

std::span<const SystemCall> counted_system_calls() {
  return table;
}

const SystemCall* find_system_call(std::uint64_t number) {
  return number < numbers && by_number[number] >= 0 ? &table[static_cast<std::size_t>(by_number[number])] : nullptr;
}

std::string system_call_name(std::uint64_t number) {
  if (const SystemCall* known = find_system_call(number)) {
    return std::string(known->name);
  }
  char* name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, static_cast<int>(number));
  if (name == nullptr) {
    return fmt::format("call {}", number);
  }
  std::string text(name);
  std::free(name);
  return text;
}

}  // namespace exitproof::sys
