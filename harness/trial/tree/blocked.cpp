#include "harness/trial/tree/blocked.hpp"

#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>

#include "harness/linux/ptrace.hpp"
#include "harness/linux/sockets.hpp"
#include "harness/linux/system_calls.hpp"

namespace exitproof {

namespace {

/// How a call says that it waits for a limited time only.
enum class Timeout : std::uint8_t {
  always,        ///< a sleep
  pointer,       ///< limited when the argument is not null
  milliseconds,  ///< limited when the argument, an int, is not negative
};

struct TimedCall {
  std::uint64_t number;
  Timeout timeout;
  std::size_t argument;
};

constexpr TimedCall timed_calls[] = {
    {SYS_nanosleep, Timeout::always, 0},
    {SYS_clock_nanosleep, Timeout::always, 0},
    {SYS_restart_syscall, Timeout::always, 0},
    {SYS_close, Timeout::always, 0},  // SO_LINGER (socket(7))
    {SYS_poll, Timeout::milliseconds, 2},
    {SYS_epoll_wait, Timeout::milliseconds, 3},
    {SYS_epoll_pwait, Timeout::milliseconds, 3},
    {SYS_epoll_pwait2, Timeout::pointer, 3},
    {SYS_ppoll, Timeout::pointer, 2},
    {SYS_select, Timeout::pointer, 4},
    {SYS_pselect6, Timeout::pointer, 4},
    {SYS_rt_sigtimedwait, Timeout::pointer, 2},
    {SYS_semtimedop, Timeout::pointer, 3},
    {SYS_mq_timedreceive, Timeout::pointer, 4},
    {SYS_mq_timedsend, Timeout::pointer, 4},
    {SYS_recvmmsg, Timeout::pointer, 4},
    {SYS_io_getevents, Timeout::pointer, 4},
    {SYS_io_pgetevents, Timeout::pointer, 4},
    {SYS_futex, Timeout::pointer, 3},
    {449 /* futex_waitv */, Timeout::pointer, 3},
};

constexpr std::uint64_t descriptor_sets[] = {SYS_poll,       SYS_ppoll,       SYS_select,      SYS_pselect6,
                                             SYS_epoll_wait, SYS_epoll_pwait, SYS_epoll_pwait2};

bool waits_for_descriptors(std::int64_t number) {
  return std::find(std::begin(descriptor_sets), std::end(descriptor_sets), static_cast<std::uint64_t>(number)) !=
         std::end(descriptor_sets);
}

bool waits_for_one_descriptor(std::int64_t number) {
  const sys::SystemCall* known = number < 0 ? nullptr : sys::find_system_call(static_cast<std::uint64_t>(number));
  return known != nullptr && known->object == sys::ObjectKind::descriptor;
}

bool is_terminal(const std::string& file) {
  return file.starts_with("/dev/pts/") || file == "/dev/tty";
}

std::vector<int> awaited_descriptors(const Task& task, const sys::CallInProgress& call) {
  if (waits_for_descriptors(call.number)) {
    // Which of its descriptors a set holds is not worth knowing: any of them might be in it.
    return sys::list_descriptors(task.process->pid);
  }
  return waits_for_one_descriptor(call.number) ? std::vector{static_cast<int>(call.args[0])} : std::vector<int>();
}

std::vector<std::string> awaited_files(const Task& task, const sys::CallInProgress& call) {
  std::vector<std::string> files;
  for (const int fd : awaited_descriptors(task, call)) {
    files.push_back(sys::read_descriptor(task.process->pid, fd));
  }
  return files;
}

bool waits_for_timer(const Task& task, const sys::CallInProgress& call) {
  const pid_t pid = task.process->pid;
  const auto fds = awaited_descriptors(task, call);
  return std::any_of(fds.begin(), fds.end(), [pid](int fd) {
    return sys::read_descriptor(pid, fd) == "anon_inode:[timerfd]" && sys::timer_descriptor_is_armed(pid, fd);
  });
}

std::string call_name(std::int64_t number) {
  return number < 0 ? "no call" : sys::system_call_name(static_cast<std::uint64_t>(number));
}

std::string awaited_object(const Task& task, const sys::CallInProgress& call) {
  if (call.number == SYS_wait4 || call.number == SYS_waitid) {
    const int pid = static_cast<int>(call.number == SYS_wait4 ? call.args[0] : call.args[1]);
    return pid > 0 ? fmt::format("process {}", pid) : "any child";
  }
  if (waits_for_one_descriptor(call.number) && !waits_for_descriptors(call.number)) {
    const int fd = static_cast<int>(call.args[0]);
    return fmt::format("descriptor {} ({})", fd, sys::read_descriptor(task.process->pid, fd));
  }
  if (call.number == SYS_futex) {
    return "a lock or condition variable";
  }
  return {};
}

bool waits_for_limited_socket(const Task& task, const sys::CallInProgress& call) {
  return waits_for_one_descriptor(call.number) && !waits_for_descriptors(call.number) &&
         sys::socket_wait_is_limited(task.process->pid, static_cast<int>(call.args[0]), call.number == SYS_connect);
}

bool is_limited(const sys::CallInProgress& call) {
  for (const TimedCall& timed : timed_calls) {
    if (call.number != static_cast<std::int64_t>(timed.number)) {
      continue;
    }
    switch (timed.timeout) {
      case Timeout::always:
        return true;
      case Timeout::pointer:
        return call.args[timed.argument] != 0;
      case Timeout::milliseconds:
        return static_cast<int>(call.args[timed.argument]) >= 0;
    }
  }
  return false;
}

}  // namespace

bool is_limited_by_us(const Task& task) {
  using State = LimitedWait::State;
  return task.limited && (task.limited->state == State::waits || task.limited->state == State::ends);
}

std::optional<sys::CallInProgress> read_wait(const Task& task) {
  auto call = sys::read_call_in_progress(task.process->pid, task.tid);
  if (call && is_limited_by_us(task)) {
    call->number = static_cast<std::int64_t>(task.limited->wait.call->number);
    std::copy(std::begin(task.limited->args), std::end(task.limited->args), std::begin(call->args));
    return call;
  }
  if (call && call->number == SYS_restart_syscall) {
    // Its arguments are those of the interrupted call.
    const auto& places = task.may_come_again;
    const auto from = std::find_if(places.rbegin(), places.rend(), [&](const CallPlace& place) {
      return place.instruction == call->instruction && place.stack == call->stack;
    });
    if (from != places.rend()) {
      call->number = static_cast<std::int64_t>(from->number);
    }
  }
  return call;
}

bool waits_with_timeout(const Task& task, const sys::CallInProgress& call) {
  return is_limited(call) || waits_for_timer(task, call) || waits_for_limited_socket(task, call);
}

bool is_limited_by_kernel(const Task& task, const sys::CallInProgress& call) {
  const bool of_disk = call.number == SYS_io_getevents || call.number == SYS_io_pgetevents;
  return of_disk || (!is_limited_by_us(task) && is_limited(call)) || waits_for_limited_socket(task, call);
}

bool waits_for_file(const Task& task, const sys::CallInProgress& call, const std::string& file) {
  const auto files = awaited_files(task, call);
  return std::find(files.begin(), files.end(), file) != files.end();
}

bool waits_for_terminal(const Task& task, const sys::CallInProgress& call) {
  const auto files = awaited_files(task, call);
  return std::any_of(files.begin(), files.end(), is_terminal);
}

bool waits_for_socket(const Task& task, const sys::CallInProgress& call) {
  const auto files = awaited_files(task, call);
  return std::any_of(files.begin(), files.end(), [](const std::string& file) { return file.starts_with("socket:"); });
}

bool waits_for_outside(const Task& task, const sys::CallInProgress& call) {
  const auto files = awaited_files(task, call);
  if (std::any_of(files.begin(), files.end(), is_terminal)) {
    return true;
  }
  const bool sockets =
      std::any_of(files.begin(), files.end(), [](const std::string& file) { return file.starts_with("socket:"); });
  return sockets && !sys::listening_sockets(task.process->pid, files).empty();
}

bool waits_for_signal(const Task& task, int signal) {
  const auto call = sys::read_call_in_progress(task.process->pid, task.tid);
  if (!call || call->number != SYS_rt_sigtimedwait) {
    return false;
  }
  std::uint64_t awaited = 0;  // the kernel's sigset_t: bit N-1 stands for signal N
  const std::string bytes = sys::read_memory(task.tid, call->args[0], sizeof awaited);
  if (bytes.size() != sizeof awaited) {
    return false;
  }
  std::memcpy(&awaited, bytes.data(), sizeof awaited);
  return ((awaited >> (signal - 1)) & 1U) != 0;
}

BlockedTask describe_blocked(const Task& task, const sys::CallInProgress& call) {
  BlockedTask blocked;
  blocked.who = task.path;
  blocked.command = task.process->command;
  blocked.call = call_name(call.number);
  blocked.object = awaited_object(task, call);
  blocked.timed = waits_with_timeout(task, call);
  blocked.outside = waits_for_outside(task, call);
  return blocked;
}

}  // namespace exitproof
