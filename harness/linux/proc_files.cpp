#include "harness/linux/proc_files.hpp"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "harness/linux/directory.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

namespace {

std::string read_link(const std::string& path) {
  char target[4096];
  const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  return length < 0 ? std::string() : std::string(target, static_cast<std::size_t>(length));
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// comm is cut at 15 bytes (prctl(2), PR_SET_NAME); the auxiliary vector has the whole name.
std::string whole_command(pid_t pid) {
  const auto vector = read_small_file(fmt::format("/proc/{}/auxv", pid));
  if (!vector) {
    return {};
  }
  for (std::size_t at = 0; at + sizeof(Elf64_auxv_t) <= vector->size(); at += sizeof(Elf64_auxv_t)) {
    Elf64_auxv_t entry;
    std::memcpy(&entry, vector->data() + at, sizeof entry);
    if (entry.a_type == AT_EXECFN) {
      return std::string(base_name(read_string(pid, entry.a_un.a_val)));
    }
  }
  return {};
}

constexpr std::size_t comm_limit = 15;

}  // namespace

std::optional<std::string> read_small_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return std::nullopt;
  }
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0) {
      return std::nullopt;
    }
    if (got == 0) {
      return text;
    }
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

std::optional<ProcessStat> read_process_stat(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/stat", pid));
  return text ? parse_process_stat(*text) : std::nullopt;
}

std::optional<char> read_task_state(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/stat", tgid, tid));
  const auto stat = text ? parse_process_stat(*text) : std::nullopt;
  return stat ? std::optional(stat->state) : std::nullopt;
}

std::optional<pid_t> read_thread_group(pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/status", tid));
  return text ? parse_thread_group(*text) : std::nullopt;
}

std::optional<SignalSets> read_signal_sets(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/status", pid));
  return text ? std::optional(parse_signal_sets(*text)) : std::nullopt;
}

std::optional<uid_t> read_effective_user(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/status", pid));
  return text ? parse_effective_user(*text) : std::nullopt;
}

std::optional<CallInProgress> read_call_in_progress(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/syscall", tgid, tid));
  return text ? parse_call_in_progress(*text) : std::nullopt;
}

std::optional<std::uint64_t> read_timeslices(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/schedstat", tgid, tid));
  return text ? parse_timeslices(*text) : std::nullopt;
}

std::optional<std::uint64_t> read_task_cpu_time_us(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/schedstat", tgid, tid));
  return text ? parse_task_cpu_time_us(*text) : std::nullopt;
}

std::optional<std::uint64_t> read_cpu_time_us(pid_t pid) {
  clockid_t clock = 0;
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(time.tv_nsec) / 1'000U;
}

std::string read_command(pid_t pid) {
  std::string name = read_small_file(fmt::format("/proc/{}/comm", pid)).value_or("");
  if (!name.empty() && name.back() == '\n') {
    name.pop_back();
  }
  if (name.size() >= comm_limit) {
    std::string whole = whole_command(pid);
    if (whole.starts_with(name)) {
      return whole;
    }
  }
  return name;
}

std::string read_executable(pid_t pid) {
  return read_link(fmt::format("/proc/{}/exe", pid));
}

std::vector<std::string> read_argv(pid_t pid) {
  std::vector<std::string> argv;
  const std::string text = read_small_file(fmt::format("/proc/{}/cmdline", pid)).value_or("");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    argv.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return argv;
}

std::optional<std::vector<PosixTimer>> read_posix_timers(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/timers", pid));
  return text ? std::optional(parse_posix_timers(*text)) : std::nullopt;
}

bool timer_descriptor_is_armed(pid_t pid, int fd) {
  const auto text = read_small_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd));
  return !text || text->find("it_value: (0, 0)") == std::string::npos;
}

std::string read_descriptor(pid_t pid, int fd) {
  return read_link(fmt::format("/proc/{}/fd/{}", pid, fd));
}

std::string resolve_for(pid_t pid, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const UniqueFd root = open_root(pid);
  if (slash == std::string::npos || !root.is_open()) {
    return {};
  }
  const UniqueFd directory = open_below(root.get(), path.substr(0, slash + 1), O_DIRECTORY);
  if (!directory.is_open()) {
    return {};
  }
  const std::string real = read_descriptor(::getpid(), directory.get());
  return (real == "/" ? real : real + "/") + path.substr(slash + 1);
}

std::optional<int> read_descriptor_flags(pid_t pid, int fd) {
  const auto info = read_small_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd));
  return info ? parse_descriptor_flags(*info) : std::nullopt;
}

namespace {

// The names in a directory of /proc that are numbers.
std::vector<int> numbers_in(const std::string& path) {
  std::vector<int> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
      numbers.push_back(std::atoi(entry->d_name));
    }
  }
  return numbers;
}

}  // namespace

std::vector<int> list_descriptors(pid_t pid) {
  return numbers_in(fmt::format("/proc/{}/fd", pid));
}

std::vector<pid_t> list_processes() {
  return numbers_in("/proc");
}

std::vector<pid_t> list_tasks(pid_t pid) {
  return numbers_in(fmt::format("/proc/{}/task", pid));
}

std::optional<FileIdentity> identify_descriptor(pid_t pid, int fd) {
  struct stat status {};
  if (::stat(fmt::format("/proc/{}/fd/{}", pid, fd).c_str(), &status) != 0) {
    return std::nullopt;
  }
  return FileIdentity{status.st_dev, status.st_ino, status.st_mode, status.st_rdev};
}

std::string read_working_directory(pid_t pid) {
  return read_link(fmt::format("/proc/{}/cwd", pid));
}

}  // namespace exitproof::sys
