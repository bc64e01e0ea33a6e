#include "harness/trial/tree/descendants.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <set>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/trial/tree/stops.hpp"

namespace exitproof {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds round_pause{2};

struct Relation {
  pid_t parent = 0;
  pid_t group = 0;
};

std::map<pid_t, Relation> read_relations() {
  std::map<pid_t, Relation> relations;
  for (const pid_t pid : sys::list_processes()) {
    if (const auto stat = sys::read_process_stat(pid)) {
      relations[pid] = {stat->parent, stat->group};
    }
  }
  return relations;
}

bool descends(const std::map<pid_t, Relation>& relations, pid_t pid, pid_t ancestor) {
  for (std::size_t steps = 0; steps <= relations.size(); ++steps) {
    const auto at = relations.find(pid);
    if (at == relations.end()) {
      return false;
    }
    if (at->second.parent == ancestor) {
      return true;
    }
    pid = at->second.parent;
  }
  return false;
}

// A process that forks and ends faster than we look is reached through its group: the kernel kills all members at
// one instant, and none can fork meanwhile.
void kill_round() {
  const auto relations = read_relations();
  const pid_t self = ::getpid();
  std::set<pid_t> groups;
  for (const auto& [pid, relation] : relations) {
    if (descends(relations, pid, self)) {
      ::kill(pid, SIGKILL);
      groups.insert(relation.group);
    }
  }
  groups.erase(::getpgrp());
  for (const pid_t group : groups) {
    if (group > 1) {
      ::kill(-group, SIGKILL);
    }
  }
}

// False when there is no child and no tracee any more. A tracee is killed at whatever stop it reports, before it can
// go on: a newborn before its first instruction.
bool reap_all_there_is() {
  int status = 0;
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
    if (WIFSTOPPED(status)) {
      ::kill(pid, SIGKILL);
      sys::resume_task(pid, sys::ResumeMode::run, 0);
    }
  }
  return pid == 0 || errno != ECHILD;
}

}  // namespace

std::vector<pid_t> descendants() {
  std::vector<pid_t> found;
  const auto relations = read_relations();
  for (const auto& [pid, relation] : relations) {
    if (descends(relations, pid, ::getpid())) {
      found.push_back(pid);
    }
  }
  return found;
}

bool end_descendants(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (reap_all_there_is()) {
    kill_round();
    if (!reap_all_there_is()) {
      return true;
    }
    if (Clock::now() >= deadline) {
      return false;
    }
    await_child(round_pause);
  }
  return true;
}

}  // namespace exitproof
