#include "harness/linux/turn_calls.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "harness/linux/system_calls.hpp"

namespace exitproof::sys {

namespace {

constexpr std::uint32_t futex_waitv = 449;  // newer than the C library's headers

constexpr std::uint32_t on_descriptor[] = {SYS_read,    SYS_readv,    SYS_write,    SYS_writev,  SYS_sendto,
                                           SYS_sendmsg, SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg,
                                           SYS_accept,  SYS_accept4,  SYS_connect,  SYS_vmsplice};

constexpr std::uint32_t waiting[] = {SYS_read,
                                     SYS_readv,
                                     SYS_write,
                                     SYS_writev,
                                     SYS_sendto,
                                     SYS_sendmsg,
                                     SYS_sendmmsg,
                                     SYS_recvfrom,
                                     SYS_recvmsg,
                                     SYS_recvmmsg,
                                     SYS_accept,
                                     SYS_accept4,
                                     SYS_connect,
                                     SYS_sendfile,
                                     SYS_splice,
                                     SYS_tee,
                                     SYS_vmsplice,
                                     SYS_poll,
                                     SYS_ppoll,
                                     SYS_select,
                                     SYS_pselect6,
                                     SYS_epoll_wait,
                                     SYS_epoll_pwait,
                                     SYS_epoll_pwait2,
                                     SYS_futex,
                                     futex_waitv,
                                     SYS_wait4,
                                     SYS_waitid,
                                     SYS_pause,
                                     SYS_rt_sigsuspend,
                                     SYS_rt_sigtimedwait,
                                     SYS_nanosleep,
                                     SYS_clock_nanosleep,
                                     SYS_restart_syscall,
                                     SYS_flock,
                                     SYS_fcntl,
                                     SYS_semop,
                                     SYS_semtimedop,
                                     SYS_msgsnd,
                                     SYS_msgrcv,
                                     SYS_mq_timedsend,
                                     SYS_mq_timedreceive,
                                     SYS_io_getevents,
                                     SYS_io_pgetevents,
                                     SYS_sched_yield};

template <std::size_t size>
bool is_one_of(const std::uint32_t (&numbers)[size], std::uint64_t number) {
  return std::find(std::begin(numbers), std::end(numbers), number) != std::end(numbers);
}

bool is_futex_wait(std::uint64_t operation) {
  return std::find(std::begin(futex_waits), std::end(futex_waits), static_cast<int>(operation) & FUTEX_CMD_MASK) !=
         std::end(futex_waits);
}

}  // namespace

CallClasses turn_classes() {
  return default_survey_classes();
}

std::span<const std::uint32_t> waiting_calls() {
  return waiting;
}

bool is_turn_call(std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  if (number == SYS_futex) {
    return is_futex_wait(args[1]);
  }
  const SystemCall* known = find_system_call(number);
  return is_one_of(waiting, number) ||
         (known != nullptr && turn_classes().test(static_cast<std::size_t>(known->call_class)));
}

bool may_wait(std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  switch (number) {
    case SYS_futex:
      return is_futex_wait(args[1]);
    case SYS_wait4:
      return (args[2] & WNOHANG) == 0;
    case SYS_waitid:
      return (args[3] & WNOHANG) == 0;
    case SYS_sched_yield:
      return false;
    default:
      return is_one_of(waiting, number);
  }
}

std::optional<int> waits_for_descriptor(std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  return is_one_of(on_descriptor, number) ? std::optional(static_cast<int>(args[0])) : std::nullopt;
}

bool may_wait_for_reader(std::uint64_t number) {
  static constexpr std::uint32_t writing[] = {SYS_write,    SYS_writev, SYS_sendto, SYS_sendmsg, SYS_sendmmsg,
                                              SYS_sendfile, SYS_splice, SYS_tee,    SYS_vmsplice};
  return is_one_of(writing, number);
}

bool has_timed_out(std::uint64_t number, std::int64_t result) {
  switch (number) {
    case SYS_futex:
    case futex_waitv:
    case SYS_mq_timedsend:
    case SYS_mq_timedreceive:
      return result == -ETIMEDOUT;
    case SYS_rt_sigtimedwait:
    case SYS_semtimedop:
      return result == -EAGAIN;
    case SYS_restart_syscall:
      return result == 0 || result == -ETIMEDOUT;
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
    case SYS_io_getevents:
    case SYS_io_pgetevents:
      return result == 0;
    default:
      return false;
  }
}

bool may_open_fifo(std::uint64_t number) {
  static constexpr std::uint32_t opening[] = {SYS_open, SYS_openat, SYS_openat2, SYS_creat};
  return is_one_of(opening, number);
}

}  // namespace exitproof::sys
