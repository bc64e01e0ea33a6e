#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What proc(5) says of a task. Every function answers nothing for a task that is gone.
namespace exitproof::sys {

/// The whole file; nothing when it cannot be read.
std::optional<std::string> read_small_file(const std::string& path);

/// The fields of /proc/PID/stat that matter here.
struct ProcessStat {
  char state = '?';  ///< R S D T t Z X
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  unsigned threads = 0;
};
std::optional<ProcessStat> read_process_stat(pid_t pid);
/// The process that a thread belongs to.
std::optional<pid_t> read_thread_group(pid_t tid);
std::optional<char> read_task_state(pid_t tgid, pid_t tid);

/// Signal sets of /proc/PID/status; bit N-1 stands for signal N.
struct SignalSets {
  std::uint64_t pending = 0;         ///< of this task
  std::uint64_t pending_shared = 0;  ///< of the whole process
  std::uint64_t blocked = 0;
  std::uint64_t ignored = 0;
  std::uint64_t caught = 0;
  bool has(std::uint64_t set, int signal) const { return ((set >> (signal - 1)) & 1U) != 0; }
};
std::optional<SignalSets> read_signal_sets(pid_t pid);

/// Its effective user, as the caller's user namespace numbers users.
std::optional<uid_t> read_effective_user(pid_t pid);

/// The system call a task is blocked in (/proc/PID/task/TID/syscall).
struct CallInProgress {
  std::int64_t number = -1;  ///< -1: blocked, but not in a call (a page fault, say)
  std::uint64_t args[6] = {};
  std::uint64_t stack = 0;
  std::uint64_t instruction = 0;
  bool operator==(const CallInProgress&) const = default;
};
/// Nothing when the task runs, or is gone.
std::optional<CallInProgress> read_call_in_progress(pid_t tgid, pid_t tid);

/// The same from a text of that file.
std::optional<CallInProgress> parse_call_in_progress(const std::string& text);

/// How often the task was given a CPU (/proc/PID/task/TID/schedstat, third field).
std::optional<std::uint64_t> read_timeslices(pid_t tgid, pid_t tid);

/// CPU time of one task in microseconds (the first field of the same file).
std::optional<std::uint64_t> read_task_cpu_time_us(pid_t tgid, pid_t tid);

/// CPU time of the whole process in microseconds (clock_getcpuclockid(3)).
std::optional<std::uint64_t> read_cpu_time_us(pid_t pid);

/// Base name of what the process last executed, as execve(2) was given it: "python3", not "python3.11".
std::string read_command(pid_t pid);
std::string read_executable(pid_t pid);
std::vector<std::string> read_argv(pid_t pid);

/// A timer of timer_create(2), armed or not.
struct PosixTimer {
  int id = 0;
  int signal = 0;
  bool signals = false;      ///< when it ends, it sends that signal (sigevent(7): not SIGEV_NONE)
  bool of_cpu_time = false;  ///< of a process or a thread: it stands still while these do
};
/// /proc/PID/timers.
std::optional<std::vector<PosixTimer>> read_posix_timers(pid_t pid);
/// The timers that a text of that format tells of.
std::vector<PosixTimer> parse_posix_timers(const std::string& text);

/// Whether the timerfd(2) behind a descriptor will end (/proc/PID/fdinfo/FD). True where that is not known.
bool timer_descriptor_is_armed(pid_t pid, int fd);

/// Target of /proc/PID/fd/FD: a path, "pipe:[123]", "socket:[123]", "anon_inode:[eventfd]".
std::string read_descriptor(pid_t pid, int fd);
std::vector<int> list_descriptors(pid_t pid);
/// The flags of the open file description behind a descriptor, as F_GETFL of fcntl(2) gives them.
std::optional<int> read_descriptor_flags(pid_t pid, int fd);

/// The processes of the caller's pid namespace, and the threads of one of them.
std::vector<pid_t> list_processes();
std::vector<pid_t> list_tasks(pid_t pid);

/// Device and inode behind a descriptor.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  mode_t mode = 0;
  dev_t device_number = 0;  ///< of a device node
  bool same_file(const FileIdentity& other) const { return device == other.device && inode == other.inode; }
};
std::optional<FileIdentity> identify_descriptor(pid_t pid, int fd);
/// Working directory of the process.
std::string read_working_directory(pid_t pid);

}  // namespace exitproof::sys
