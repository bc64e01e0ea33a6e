#include "harness/trial/tree/own_processes.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "harness/linux/namespaces.hpp"
#include "harness/linux/proc_files.hpp"

namespace exitproof {

namespace {

bool same_file(const std::string& path, const std::string& other) {
  struct stat one {};
  struct stat two {};
  return ::stat(path.c_str(), &one) == 0 && ::stat(other.c_str(), &two) == 0 && one.st_dev == two.st_dev &&
         one.st_ino == two.st_ino;
}

// In one of its own it names nobody of ours.
bool shares_pid_namespace(pid_t tid) {
  return same_file(fmt::format("/proc/{}/ns/pid", tid), "/proc/self/ns/pid");
}

bool is_root(pid_t tid) {
  return sys::read_effective_user(tid) == uid_t{0} && sys::shares_user_namespace(tid);
}

}  // namespace

bool OwnProcesses::is_own(Tree& tree, pid_t pid) const {
  if (pid == leader_ || pid == 1) {
    return true;
  }
  const Process* process = tree.find_process(pid);
  if (tree.find(pid) != nullptr || (process != nullptr && !process->dead)) {
    return false;
  }
  return same_file(fmt::format("/proc/{}/exe", pid), "/proc/self/exe");
}

bool OwnProcesses::is_own_group(pid_t group) const {
  const pid_t keeper = ::getppid();
  const auto above = sys::read_process_stat(keeper);
  for (const pid_t pid : {::getpid(), leader_, keeper, above ? above->parent : 0}) {
    if (pid > 1 && ::getpgid(pid) == group &&
        (pid == leader_ || same_file(fmt::format("/proc/{}/exe", pid), "/proc/self/exe"))) {
      return true;
    }
  }
  return false;
}

std::optional<std::int64_t> OwnProcesses::answer(Tree& tree, const Task& caller,
                                                 const sys::SignalTarget& target) const {
  const bool of_process = target.kind == sys::SignalTarget::Kind::process;
  if (target.only_asks || target.kind == sys::SignalTarget::Kind::everybody ||
      (!target.by_pidfd && !shares_pid_namespace(caller.tid))) {
    return std::nullopt;
  }
  const pid_t group = target.id != 0 ? target.id : ::getpgid(caller.tid);
  if (of_process ? target.id <= 0 || !is_own(tree, target.id) : !is_own_group(group)) {
    return std::nullopt;
  }
  const bool of_leader = of_process && target.id == leader_;
  return of_leader || target.sets_owner || is_root(caller.tid) ? 0 : -EPERM;
}

}  // namespace exitproof
