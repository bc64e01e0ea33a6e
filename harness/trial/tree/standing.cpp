#include "harness/trial/tree/standing.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "harness/linux/ptrace.hpp"

namespace exitproof {

namespace {

constexpr int descriptors_kept = 400;  // below the usual limit of 1024

struct CallText {
  std::string text;     ///< empty: it is gone, or
  bool hidden = false;  ///< the file is none that we may read
};

CallText read_call_file(Task& task) {
  sys::UniqueFd& file = task.progress.call_file;
  if (!file.is_open()) {
    file.reset(
        ::open(fmt::format("/proc/{}/task/{}/syscall", task.process->pid, task.tid).c_str(), O_RDONLY | O_CLOEXEC));
  }
  char text[256];
  const ssize_t size = file.is_open() ? ::pread(file.get(), text, sizeof text, 0) : -1;
  const bool hidden = size < 0 && (errno == EACCES || errno == EPERM);
  if (file.get() > descriptors_kept) {
    file.reset();
  }
  return {size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string(), hidden};
}

bool is_exec(const std::string& call) {
  static const std::string execve = fmt::format("{} ", SYS_execve);
  static const std::string execveat = fmt::format("{} ", SYS_execveat);
  return call.starts_with(execve) || call.starts_with(execveat);
}

// A `D` is a short wait for a disk, but for the parent of a vfork child, and for a thread inside execve(2), which waits
// until the other threads have gone.
Standing standing_in_call(const Task& task, const std::string& call, char state) {
  switch (state) {
    case 'S':
    case 'T':
    case 't':
      return Standing::waits;
    case 'D':
      return task.in_vfork || (is_exec(call) && task.process->tasks.size() > 1) ? Standing::waits : Standing::runs;
    case 'Z':
    case 'X':
      return Standing::ended;
    default:
      return Standing::runs;
  }
}

// One that has been killed leaves a stop without being told to.
Standing standing_of_stopped(const Task& task) {
  if (sys::is_at_stop(task.tid)) {
    return Standing::waits;
  }
  const auto state = sys::read_task_state(task.process->pid, task.tid);
  return !state || state == 'Z' || state == 'X' ? Standing::ended : Standing::runs;
}

}  // namespace

Standing standing_of(Task& task) {
  switch (task.state) {
    case Task::State::unborn:
      return sys::read_task_state(task.process->pid, task.tid) ? Standing::runs : Standing::ended;
    case Task::State::stopped:
    case Task::State::held:
    case Task::State::queued:
      return standing_of_stopped(task);
    case Task::State::running:
    case Task::State::listening:
      break;
  }
  Progress& progress = task.progress;
  const auto [call, hidden] = read_call_file(task);
  if (!call.empty() && call == progress.waits_in) {
    return Standing::waits;
  }
  progress.waits_in.clear();
  progress.drained = false;
  if (call.starts_with("running") && !task.exiting) {
    return Standing::runs;
  }
  if (call.empty() && !hidden) {
    return Standing::ended;
  }
  const char state = sys::read_task_state(task.process->pid, task.tid).value_or('X');
  const Standing standing = standing_in_call(task, call, state);
  if (state == 'S') {
    progress.waits_in = call;
  }
  return standing;
}

bool has_been_woken(const Task& task) {
  return !task.progress.waits_in.empty() && sys::read_task_state(task.process->pid, task.tid) == 'R';
}

std::optional<sys::CallInProgress> awaited_call(const Task& task) {
  return task.progress.waits_in.empty() ? std::nullopt : sys::parse_call_in_progress(task.progress.waits_in);
}

}  // namespace exitproof
