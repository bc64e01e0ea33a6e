#include "harness/trial/snapshot/harmless_calls.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "harness/probe/include/exitproof/probe.h"

namespace exitproof {
namespace {

sys::CallEntry call(std::uint64_t number, std::initializer_list<std::uint64_t> args = {}) {
  sys::CallEntry entry;
  entry.number = number;
  std::copy(args.begin(), args.end(), std::begin(entry.args));
  return entry;
}

TEST(HarmlessCalls, let_a_program_start) {
  EXPECT_TRUE(is_harmless(call(SYS_execve)));
  EXPECT_TRUE(is_harmless(call(SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC})));
  EXPECT_TRUE(is_harmless(call(SYS_openat, {0, 0, O_RDONLY | O_DIRECTORY | O_CLOEXEC})));
  EXPECT_TRUE(is_harmless(call(SYS_read, {3})));
  EXPECT_TRUE(is_harmless(call(SYS_mmap, {0, 4096, PROT_READ, MAP_SHARED, 3})));
  EXPECT_TRUE(is_harmless(call(SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS})));
  EXPECT_TRUE(is_harmless(call(SYS_futex, {0, FUTEX_WAKE | FUTEX_PRIVATE_FLAG})));
  EXPECT_TRUE(is_harmless(call(SYS_prctl, {EXITPROOF_PROBE_MAGIC})));
}

TEST(HarmlessCalls, leave_no_timer_lock_or_bond) {
  for (const int number :
       {SYS_setitimer, SYS_alarm,        SYS_timer_create,   SYS_timerfd_create, SYS_flock,      SYS_ptrace,
        SYS_unshare,   SYS_setns,        SYS_chroot,         SYS_setsid,         SYS_setpgid,    SYS_setuid,
        SYS_mlock,     SYS_memfd_create, SYS_epoll_create1,  SYS_pipe2,          SYS_socket,     SYS_clone,
        SYS_clone3,    SYS_fork,         SYS_vfork,          SYS_kill,           SYS_exit_group, SYS_write,
        SYS_unlink,    SYS_shmget,       SYS_io_uring_setup, SYS_seccomp,        SYS_dup,        SYS_dup2,
        SYS_nanosleep, SYS_poll,         SYS_wait4}) {
    EXPECT_FALSE(is_harmless(call(static_cast<std::uint64_t>(number)))) << number;
  }
  EXPECT_FALSE(is_harmless(call(SYS_prctl, {PR_SET_PDEATHSIG})));
  EXPECT_FALSE(is_harmless(call(SYS_fcntl, {3, F_SETLK})));
  EXPECT_FALSE(is_harmless(call(SYS_fcntl, {3, F_SETLEASE})));
}

TEST(HarmlessCalls, change_no_file_and_share_no_memory) {
  EXPECT_FALSE(is_harmless(call(SYS_openat, {0, 0, O_WRONLY})));
  EXPECT_FALSE(is_harmless(call(SYS_openat, {0, 0, O_RDONLY | O_CREAT})));
  EXPECT_FALSE(is_harmless(call(SYS_openat, {0, 0, O_TMPFILE | O_RDWR})));
  EXPECT_FALSE(is_harmless(call(SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS})));
  EXPECT_FALSE(is_harmless(call(SYS_madvise, {0, 4096, MADV_WIPEONFORK})));
  EXPECT_FALSE(is_harmless(call(SYS_madvise, {0, 4096, MADV_DONTFORK})));
}

TEST(HarmlessCalls, take_nothing_from_stdin_and_wait_for_nobody) {
  EXPECT_FALSE(is_harmless(call(SYS_read, {0})));
  EXPECT_FALSE(is_harmless(call(SYS_fcntl, {0, F_DUPFD})));
  EXPECT_FALSE(is_harmless(call(SYS_futex, {0, FUTEX_WAIT | FUTEX_PRIVATE_FLAG})));
}

TEST(HarmlessCalls, may_have_made_what_is_closed_again) {
  EXPECT_TRUE(is_harmless_once_closed(call(SYS_epoll_create1)));
  EXPECT_TRUE(is_harmless_once_closed(call(SYS_socket)));
  EXPECT_FALSE(is_harmless_once_closed(call(SYS_pipe2)));
  EXPECT_FALSE(is_harmless_once_closed(call(SYS_memfd_create)));
}

TEST(HarmlessCalls, are_of_this_architecture) {
  sys::CallEntry entry = call(SYS_getpid);
  entry.native = false;
  EXPECT_FALSE(is_harmless(entry));
}

}  // namespace
}  // namespace exitproof
