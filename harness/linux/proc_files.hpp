#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/linux/proc_texts.hpp"

// What proc(5) says of a task. Every function answers nothing for a task that is gone.
namespace exitproof::sys {

/// The whole file; nothing when it cannot be read.
std::optional<std::string> read_small_file(const std::string& path);

std::optional<ProcessStat> read_process_stat(pid_t pid);
/// The process that a thread belongs to.
std::optional<pid_t> read_thread_group(pid_t tid);
std::optional<char> read_task_state(pid_t tgid, pid_t tid);

std::optional<SignalSets> read_signal_sets(pid_t pid);

/// Its effective user, as the caller's user namespace numbers users.
std::optional<uid_t> read_effective_user(pid_t pid);

/// The system call a task is blocked in;
/// nothing when the task runs, or is gone.
std::optional<CallInProgress> read_call_in_progress(pid_t tgid, pid_t tid);

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

/// /proc/PID/timers.
std::optional<std::vector<PosixTimer>> read_posix_timers(pid_t pid);

/// Whether the timerfd(2) behind a descriptor will end (/proc/PID/fdinfo/FD). True where that is not known.
bool timer_descriptor_is_armed(pid_t pid, int fd);

/// Target of /proc/PID/fd/FD: a path, "pipe:[123]", "socket:[123]", "anon_inode:[eventfd]".
std::string read_descriptor(pid_t pid, int fd);
std::vector<int> list_descriptors(pid_t pid);
/// Where `path`, which is absolute, leads the process: without links and dots in the directories on its way; its last
/// name is as it was. Empty when there is no such directory, or no such process.
std::string resolve_for(pid_t pid, const std::string& path);
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
