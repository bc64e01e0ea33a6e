#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace exitproof {

/// System calls grouped by meaning, not by number: glibc's fork() is clone(2), posix_spawn(3) is
/// clone3(2), and a file may be written by seven different calls.
enum class CallClass : std::uint8_t {
  open,   ///< opens a file for writing, or makes one
  write,  ///< all ways of writing to a file descriptor that is not stdout, stderr or a socket
  read,   ///< reads from a file descriptor that is not a socket
  close,
  rename,
  unlink,    ///< unlink, unlinkat, rmdir
  mkdir,     ///< mkdir, mknod
  link,      ///< link, symlink
  truncate,  ///< truncate, ftruncate, fallocate
  sync,
  chmod,  ///< chmod, chown, utime, setxattr and their kin
  lock,   ///< flock, fcntl locks
  shm,    ///< System V memory, semaphores and queues; POSIX queues
  fork,   ///< makes a process or a thread
  exec,
  wait,
  exit,       ///< exit, exit_group
  kill,       ///< sends a signal
  sigaction,  ///< changes a disposition or the mask
  sleep,
  poll,  ///< poll, select, epoll_wait
  futex,
  bind,  ///< bind, listen
  connect,
  accept,
  send,  ///< sends on a socket, by write(2) too
  recv,  ///< receives from a socket, by read(2) too
  out,   ///< a write to the subject's stdout or stderr as the harness gave them
};

inline constexpr std::size_t call_class_count = 28;

using CallClasses = std::bitset<call_class_count>;

std::string_view call_class_name(CallClass call_class);
std::optional<CallClass> call_class_of_name(std::string_view name);

/// Every class in declaration order.
const std::array<CallClass, call_class_count>& all_call_classes();

/// All classes but `read`, `poll` and `futex`, which are many and rarely matter.
CallClasses default_survey_classes();

}  // namespace exitproof
