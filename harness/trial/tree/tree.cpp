#include "harness/trial/tree/tree.hpp"

#include <algorithm>

namespace exitproof {

Task& Tree::add_task(Process& process, pid_t tid, const ProcessPath& path) {
  auto task = std::make_unique<Task>();
  task->tid = tid;
  task->process = &process;
  task->path = path;
  process.tasks.push_back(task.get());
  return *(tasks_[tid] = std::move(task));
}

Process& Tree::add_root(pid_t pid, Micros now) {
  processes_.push_back(std::make_unique<Process>());
  Process& root = *processes_.back();
  root.pid = pid;
  root.born = now;
  by_pid_[pid] = &root;
  add_task(root, pid, root.path);
  return root;
}

Process& Tree::add_root_like(const Tree& other, pid_t pid, Micros now) {
  const Process& former = *other.processes_.front();
  Process& root = add_root(pid, now);
  root.argv = former.argv;
  root.executable = former.executable;
  root.timers = former.timers;
  root.vdso = former.vdso;
  root.handlers = former.handlers;
  root.agents = former.agents;
  *root.voices = *former.voices;
  root.sandboxed = former.sandboxed;
  root.python_is_to_speak = former.python_is_to_speak;
  root.points_told = former.points_told;
  root.points_left_out = former.points_left_out;
  root.way_out = former.way_out;
  for (const auto& [command, process] : other.names_) {
    name(root, command);
  }
  root.tasks.front()->counts = former.tasks.front()->counts;
  root.tasks.front()->points = former.tasks.front()->points;
  return root;
}

Process& Tree::add_child(Task& maker, pid_t pid, Micros now) {
  Process& parent = *maker.process;
  processes_.push_back(std::make_unique<Process>());
  Process& child = *processes_.back();
  child.path = parent.path.child(++parent.children_born);
  child.pid = pid;
  child.maker = &parent;
  give(child, &parent);
  child.born = now;
  child.command = parent.command;
  child.executable = parent.executable;
  child.argv = parent.argv;
  child.vdso = parent.vdso;
  by_pid_[pid] = &child;
  add_task(child, pid, child.path);
  return child;
}

Task& Tree::add_thread(Task& maker, pid_t tid) {
  Process& process = *maker.process;
  return add_task(process, tid, process.path.extra_thread(++process.threads_born));
}

void Tree::give(Process& child, Process* parent) {
  if (child.parent != nullptr) {
    auto& former = child.parent->children;
    const auto found = std::find(former.rbegin(), former.rend(), &child);
    if (found != former.rend()) {
      former.erase(found.base() - 1);
    }
  }
  child.parent = parent;
  if (parent != nullptr) {
    parent->children.push_back(&child);
  }
}

Task* Tree::find(pid_t tid) {
  const auto found = tasks_.find(tid);
  return found == tasks_.end() ? nullptr : found->second.get();
}

Process* Tree::find_process(pid_t pid) {
  const auto found = by_pid_.find(pid);
  return found == by_pid_.end() ? nullptr : found->second;
}

Process* Tree::select(const ProcessSelector& selector) {
  if (const auto* path = std::get_if<ProcessPath>(&selector)) {
    const ProcessPath process = path->process();
    for (const auto& candidate : processes_) {
      if (candidate->path == process) {
        return candidate.get();
      }
    }
    return nullptr;
  }
  const auto& wanted = std::get<ProcessName>(selector);
  std::uint32_t seen = 0;
  for (const auto& [name, process] : names_) {
    if (name == wanted.base && ++seen == wanted.nth) {
      return process;
    }
  }
  return nullptr;
}

void Tree::take_over(Task& task, pid_t former_tid) {
  // `task` is the process's main thread as we knew it; the one that called exec was another.
  Process& process = *task.process;
  if (former_tid != task.tid) {
    if (Task* caller = find(former_tid); caller != nullptr && caller != &task) {
      task.awaited = caller->awaited;
      task.fault_after_call = caller->fault_after_call;
    }
  }
  const std::vector<Task*> others = process.tasks;
  for (const Task* other : others) {
    if (other != &task) {
      remove_task(other->tid);
    }
  }
  task.exiting = false;
}

void Tree::remove_task(pid_t tid) {
  const auto found = tasks_.find(tid);
  if (found == tasks_.end()) {
    return;
  }
  auto& siblings = found->second->process->tasks;
  siblings.erase(std::remove(siblings.begin(), siblings.end(), found->second.get()), siblings.end());
  tasks_.erase(found);
}

std::vector<Process*> Tree::alive() {
  std::vector<Process*> living;
  for (const auto& process : processes_) {
    if (!process->dead) {
      living.push_back(process.get());
    }
  }
  return living;
}

bool Tree::has_name(const std::string& command) const {
  return std::any_of(names_.begin(), names_.end(), [&](const auto& known) { return known.first == command; });
}

void Tree::name(Process& process, std::string command) {
  process.command = std::move(command);
  names_.emplace_back(process.command, &process);
}

}  // namespace exitproof
