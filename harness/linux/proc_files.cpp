#include "harness/linux/proc_files.hpp"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>

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

std::uint64_t hex_field(std::string_view status, std::string_view label) {
  const auto at = status.find(label);
  std::uint64_t value = 0;
  if (at != std::string_view::npos) {
    const char* begin = status.data() + at + label.size();
    std::from_chars(begin, status.data() + status.size(), value, 16);
  }
  return value;
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
  const auto after_name = text ? text->rfind(')') : std::string::npos;  // the name may hold anything
  if (after_name == std::string::npos) {
    return std::nullopt;
  }
  ProcessStat stat;
  long threads = 0;
  if (std::sscanf(text->c_str() + after_name + 1,
                  " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld", &stat.state, &stat.parent,
                  &stat.group, &stat.session, &threads) != 5) {
    return std::nullopt;
  }
  stat.threads = static_cast<unsigned>(threads);
  return stat;
}

std::optional<char> read_task_state(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/stat", tgid, tid));
  const auto after_name = text ? text->rfind(')') : std::string::npos;
  if (after_name == std::string::npos || after_name + 2 >= text->size()) {
    return std::nullopt;
  }
  return (*text)[after_name + 2];
}

std::optional<pid_t> read_thread_group(pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/status", tid));
  const auto at = text ? text->find("\nTgid:\t") : std::string::npos;
  return at == std::string::npos ? std::nullopt : std::optional(static_cast<pid_t>(std::atoi(text->c_str() + at + 7)));
}

std::optional<SignalSets> read_signal_sets(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/status", pid));
  if (!text) {
    return std::nullopt;
  }
  SignalSets sets;
  sets.pending = hex_field(*text, "SigPnd:\t");
  sets.pending_shared = hex_field(*text, "ShdPnd:\t");
  sets.blocked = hex_field(*text, "SigBlk:\t");
  sets.ignored = hex_field(*text, "SigIgn:\t");
  sets.caught = hex_field(*text, "SigCgt:\t");
  return sets;
}

std::optional<uid_t> read_effective_user(pid_t pid) {
  const auto text = read_small_file(fmt::format("/proc/{}/status", pid));
  const auto at = text ? text->find("\nUid:\t") : std::string::npos;
  unsigned user = 0;
  if (at == std::string::npos || std::sscanf(text->c_str() + at, "\nUid:\t%*u\t%u", &user) != 1) {
    return std::nullopt;
  }
  return user;
}

std::optional<CallInProgress> read_call_in_progress(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/syscall", tgid, tid));
  return text ? parse_call_in_progress(*text) : std::nullopt;
}

std::optional<CallInProgress> parse_call_in_progress(const std::string& text) {
  if (text.starts_with("running")) {
    return std::nullopt;
  }
  CallInProgress call;
  unsigned long long a[8] = {};
  long long number = 0;
  const int fields = std::sscanf(text.c_str(), "%lld %llx %llx %llx %llx %llx %llx %llx %llx", &number, &a[0], &a[1],
                                 &a[2], &a[3], &a[4], &a[5], &a[6], &a[7]);
  if (fields < 3) {
    return std::nullopt;
  }
  call.number = number;
  if (number < 0) {  // "-1 SP PC"
    call.stack = a[0];
    call.instruction = a[1];
    return call;
  }
  for (std::size_t i = 0; i < 6; ++i) {
    call.args[i] = a[i];
  }
  call.stack = a[6];
  call.instruction = a[7];
  return call;
}

std::optional<std::uint64_t> read_timeslices(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/schedstat", tgid, tid));
  unsigned long long slices = 0;
  if (!text || std::sscanf(text->c_str(), "%*u %*u %llu", &slices) != 1) {
    return std::nullopt;
  }
  return slices;
}

std::optional<std::uint64_t> read_task_cpu_time_us(pid_t tgid, pid_t tid) {
  const auto text = read_small_file(fmt::format("/proc/{}/task/{}/schedstat", tgid, tid));
  unsigned long long nanoseconds = 0;
  if (!text || std::sscanf(text->c_str(), "%llu", &nanoseconds) != 1) {
    return std::nullopt;
  }
  return nanoseconds / 1'000;
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

std::vector<PosixTimer> parse_posix_timers(const std::string& text) {
  std::vector<PosixTimer> timers;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto value = line.find(": ") + 2;
    if (line.starts_with("ID: ")) {
      timers.emplace_back().id = std::atoi(line.c_str() + value);
    } else if (timers.empty()) {
      continue;
    } else if (line.starts_with("signal: ")) {
      timers.back().signal = std::atoi(line.c_str() + value);
    } else if (line.starts_with("notify: ")) {
      timers.back().signals = line.compare(value, 5, "none/") != 0;
    } else if (line.starts_with("ClockID: ")) {
      const int clock = std::atoi(line.c_str() + value);
      constexpr int clock_of_descriptor = 3;  // in the low bits of a negative number, as CLOCKFD
      timers.back().of_cpu_time = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID ||
                                  (clock < 0 && (clock & 3) != clock_of_descriptor);
    }
  }
  return timers;
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

std::optional<int> read_descriptor_flags(pid_t pid, int fd) {
  const auto info = read_small_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd));
  const auto at = info ? info->find("flags:\t") : std::string::npos;
  return at == std::string::npos ? std::nullopt
                                 : std::optional(static_cast<int>(std::strtol(info->c_str() + at + 7, nullptr, 8)));
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
