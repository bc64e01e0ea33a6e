#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// What the texts of /proc/PID say (proc(5)). A subject chooses parts of them: its name may hold any byte, and only a
// newline and a backslash are escaped in `status`, nothing in `stat`. Nothing for a text that is cut or of another kind.
namespace exitproof::sys {

/// The fields of /proc/PID/stat that matter here.
struct ProcessStat {
  char state = '?';  ///< R S D T t Z X
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  unsigned threads = 0;
  bool operator==(const ProcessStat&) const = default;
};
std::optional<ProcessStat> parse_process_stat(std::string_view stat);

/// Of /proc/PID/status: the process that a thread belongs to.
std::optional<pid_t> parse_thread_group(std::string_view status);
/// The effective user.
std::optional<uid_t> parse_effective_user(std::string_view status);

/// Signal sets of /proc/PID/status; bit N-1 stands for signal N.
struct SignalSets {
  std::uint64_t pending = 0;         ///< of this task
  std::uint64_t pending_shared = 0;  ///< of the whole process
  std::uint64_t blocked = 0;
  std::uint64_t ignored = 0;
  std::uint64_t caught = 0;
  bool has(std::uint64_t set, int signal) const { return ((set >> (signal - 1)) & 1U) != 0; }
  bool operator==(const SignalSets&) const = default;
};
/// A set that the text has not is empty.
SignalSets parse_signal_sets(std::string_view status);

/// The system call a task is blocked in (/proc/PID/task/TID/syscall).
struct CallInProgress {
  std::int64_t number = -1;  ///< -1: blocked, but not in a call (a page fault, say)
  std::uint64_t args[6] = {};
  std::uint64_t stack = 0;
  std::uint64_t instruction = 0;
  bool operator==(const CallInProgress&) const = default;
};
/// Nothing when the task runs.
std::optional<CallInProgress> parse_call_in_progress(std::string_view syscall);

/// Of /proc/PID/task/TID/schedstat: how often the task was given a CPU.
std::optional<std::uint64_t> parse_timeslices(std::string_view schedstat);
/// Of the same: its CPU time in microseconds.
std::optional<std::uint64_t> parse_task_cpu_time_us(std::string_view schedstat);

/// A timer of timer_create(2), armed or not.
struct PosixTimer {
  int id = 0;
  int signal = 0;
  bool signals = false;      ///< when it ends, it sends that signal (sigevent(7): not SIGEV_NONE)
  bool of_cpu_time = false;  ///< of a process or a thread: it stands still while these do
  int clock = 0;             ///< clockid_t
  pid_t thread = 0;          ///< whom the signal is sent to (SIGEV_THREAD_ID); 0: the process
  std::uint64_t value = 0;   ///< what the signal carries (sigev_value)
  bool operator==(const PosixTimer&) const = default;
};
/// Of /proc/PID/timers.
std::vector<PosixTimer> parse_posix_timers(std::string_view timers);

/// Of /proc/PID/fdinfo/FD: the flags of the open file description, as F_GETFL of fcntl(2) gives them.
std::optional<int> parse_descriptor_flags(std::string_view fdinfo);

}  // namespace exitproof::sys
