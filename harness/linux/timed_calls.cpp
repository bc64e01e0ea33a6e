#include "harness/linux/timed_calls.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string>

#include "harness/linux/ptrace.hpp"
#include "harness/linux/turn_calls.hpp"
#include "harness/linux/vdso_clock.hpp"

namespace exitproof::sys {

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using enum TimeoutForm;

constexpr std::uint32_t futex_waitv = 449;  // newer than the C library's headers

// recvmmsg(2) and io_getevents(2) are not here: the limit of the one ends no wait (BUGS), and the other waits for a disk.
constexpr TimedCall table[] = {
    {SYS_nanosleep, 0, sleep},
    {SYS_clock_nanosleep, 2, sleep},
    {SYS_poll, 2, milliseconds},
    {SYS_epoll_wait, 3, milliseconds},
    {SYS_epoll_pwait, 3, milliseconds},
    {SYS_epoll_pwait2, 3, timespec},
    {SYS_ppoll, 2, timespec, 0, true},
    {SYS_select, 4, timeval, 0, true},
    {SYS_pselect6, 4, timespec, 0, true},
    {SYS_rt_sigtimedwait, 2, timespec, EAGAIN},
    {SYS_semtimedop, 3, timespec, EAGAIN},
    {SYS_mq_timedsend, 4, timespec, ETIMEDOUT},
    {SYS_mq_timedreceive, 4, timespec, ETIMEDOUT},
    {SYS_futex, 3, timespec, ETIMEDOUT},
    {futex_waitv, 3, timespec, ETIMEDOUT},
};

constexpr seconds longest{9'000'000'000};  // a little less than what fits in nanoseconds

// timespec and timeval alike.
struct Pair {
  std::int64_t whole = 0;
  std::int64_t fraction = 0;
};
static_assert(sizeof(Pair) == sizeof(struct timespec) && sizeof(Pair) == sizeof(struct timeval));

std::optional<nanoseconds> read_time(pid_t tid, std::uint64_t address, TimeoutForm form) {
  Pair pair;
  const std::string bytes = read_memory(tid, address, sizeof pair);
  if (bytes.size() != sizeof pair) {
    return std::nullopt;
  }
  std::memcpy(&pair, bytes.data(), sizeof pair);
  const bool micro = form == timeval;
  // select(2) takes more than a second's worth of microseconds.
  if (pair.whole < 0 || pair.fraction < 0 || (!micro && pair.fraction >= 1'000'000'000)) {
    return std::nullopt;
  }
  const nanoseconds fraction =
      micro ? nanoseconds(std::chrono::microseconds(std::min<std::int64_t>(pair.fraction, 1'000'000'000'000)))
            : nanoseconds(pair.fraction);
  return std::min<nanoseconds>(seconds(std::min(pair.whole, std::int64_t{longest.count()})) + fraction, longest);
}

clockid_t futex_clock(std::uint64_t operation) {
  return (operation & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

// False for what is no wait for a clock of time.
bool read_clock(TimedWait& wait, std::span<const std::uint64_t, 6> args) {
  switch (wait.call->number) {
    case SYS_nanosleep:
      wait.rest_at = args[1];
      return true;
    case SYS_clock_nanosleep:
      wait.clock = static_cast<clockid_t>(args[0]);
      wait.absolute = (args[1] & TIMER_ABSTIME) != 0;
      wait.rest_at = wait.absolute ? 0 : args[3];
      return is_clock_of_time(wait.clock);
    case SYS_futex:
      wait.absolute = (static_cast<int>(args[1]) & FUTEX_CMD_MASK) != FUTEX_WAIT;
      wait.clock =
          (static_cast<int>(args[1]) & FUTEX_CMD_MASK) == FUTEX_LOCK_PI ? CLOCK_REALTIME : futex_clock(args[1]);
      return may_wait(SYS_futex, args);
    case futex_waitv:
      wait.absolute = true;
      wait.clock = static_cast<clockid_t>(args[4]);
      return is_clock_of_time(wait.clock);
    case SYS_mq_timedsend:
    case SYS_mq_timedreceive:
      wait.absolute = true;
      wait.clock = CLOCK_REALTIME;
      return true;
    default:
      return true;
  }
}

}  // namespace

std::span<const TimedCall> timed_calls() {
  return table;
}

const TimedCall* find_timed_call(std::uint64_t number) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [number](const TimedCall& call) { return call.number == number; });
  return found == std::end(table) ? nullptr : found;
}

std::optional<TimedWait> read_timed_wait(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  TimedWait wait;
  wait.call = find_timed_call(number);
  if (wait.call == nullptr || !read_clock(wait, args)) {
    return std::nullopt;
  }
  const std::uint64_t limit = args[wait.call->argument];
  if (wait.call->form == milliseconds) {
    wait.length = std::chrono::milliseconds(std::max(0, static_cast<int>(limit)));
  } else if (const auto time = limit == 0 ? std::nullopt : read_time(tid, limit, wait.call->form)) {
    wait.length = *time;
    wait.rest_at = wait.call->writes_rest ? limit : wait.rest_at;
  }
  return wait.length.count() == 0 ? std::nullopt : std::optional(wait);
}

void clear_results(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  if (number != SYS_select && number != SYS_pselect6) {
    return;
  }
  constexpr std::uint64_t bits = 64;
  constexpr std::uint64_t most = 1U << 20;
  const std::uint64_t words = (std::min(args[0] & 0x7fffffff, most) + bits - 1) / bits;
  const std::string empty(words * sizeof(std::uint64_t), '\0');
  for (const std::size_t set : {1U, 2U, 3U}) {
    if (args[set] != 0) {
      write_memory(tid, args[set], empty.data(), empty.size());
    }
  }
}

void write_rest(pid_t tid, const TimedWait& wait, std::chrono::nanoseconds rest) {
  if (wait.rest_at == 0) {
    return;
  }
  const auto left = std::max(rest, std::chrono::nanoseconds(0));
  const auto whole = std::chrono::duration_cast<seconds>(left);
  const nanoseconds fraction = left - whole;
  const bool micro = wait.call->form == timeval;
  const Pair pair{whole.count(),
                  micro ? std::chrono::duration_cast<std::chrono::microseconds>(fraction).count() : fraction.count()};
  write_memory(tid, wait.rest_at, &pair, sizeof pair);
}

}  // namespace exitproof::sys
