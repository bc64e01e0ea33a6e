#include "harness/trial/untraced_tree.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/linux/proc_files.hpp"

namespace exitproof {

namespace {

bool is_known(Tree& known, pid_t pid) {
  const Process* process = known.find_process(pid);
  return process != nullptr && !process->dead;
}

// Its parent's when that is in the tree; an orphan's is not known any more, and the root stands in: orphans come to us.
Process* maker_of(Tree& tree, pid_t parent) {
  Process* process = tree.find_process(parent);
  return process != nullptr && !process->dead ? process : parent == ::getpid() ? tree.root() : nullptr;
}

void add_threads(Tree& tree, Process& process) {
  const std::vector<pid_t> threads = sys::list_tasks(process.pid);
  const std::vector<Task*> before = process.tasks;
  for (const Task* task : before) {
    if (std::find(threads.begin(), threads.end(), task->tid) == threads.end() && task->tid != process.pid) {
      tree.remove_task(task->tid);
    }
  }
  for (const pid_t tid : threads) {
    if (tree.find(tid) == nullptr && !process.tasks.empty()) {
      tree.add_thread(*process.tasks.front(), tid).state = Task::State::running;
    }
  }
}

void bury(Tree& tree, Process& process, Micros now) {
  process.dead = true;
  process.died = now;
  while (!process.tasks.empty()) {
    tree.remove_task(process.tasks.front()->tid);
  }
}

}  // namespace

void look_at_tree(Tree& tree, Tree& known, const std::vector<pid_t>& leaders, Micros now) {
  std::map<pid_t, sys::ProcessStat> living;
  for (const pid_t pid : sys::list_processes()) {
    if (const auto stat = sys::read_process_stat(pid); stat && stat->state != 'Z' && stat->state != 'X') {
      living.emplace(pid, *stat);
    }
  }
  for (Process* process : tree.alive()) {
    if (!living.contains(process->pid)) {
      bury(tree, *process, now);
    }
  }
  bool grew = true;
  while (grew) {
    grew = false;
    for (const auto& [pid, stat] : living) {
      const bool leads = std::find(leaders.begin(), leaders.end(), pid) != leaders.end();
      if (pid == ::getpid() || leads || is_known(known, pid) || is_known(tree, pid)) {
        continue;
      }
      Process* maker = maker_of(tree, stat.parent);
      if (maker == nullptr) {
        continue;
      }
      Task stand_in;
      stand_in.process = maker;
      Process& child = tree.add_child(stand_in, pid, now);
      child.tasks.front()->state = Task::State::running;
      grew = true;
    }
  }
  for (Process* process : tree.alive()) {
    if (std::string command = sys::read_command(process->pid); command != process->command) {
      tree.name(*process, std::move(command));
    }
    add_threads(tree, *process);
  }
}

}  // namespace exitproof
