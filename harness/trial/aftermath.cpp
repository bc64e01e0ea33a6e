#include "harness/trial/aftermath.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/sockets.hpp"
#include "harness/trial/tree/blocked.hpp"

namespace exitproof {

namespace {

constexpr std::size_t files_named = 8;

BlockedTask describe_task(const Task& task) {
  BlockedTask described;
  described.who = task.path;
  described.command = task.process->command;
  if (task.state == Task::State::listening) {
    described.call = BlockedTask::stopped;
    return described;
  }
  const auto call = read_wait(task);
  const auto state = sys::read_task_state(task.process->pid, task.tid);
  if (!call || state == 'R' || state == 't') {  // 't': it was just met by the tracer
    described.call = BlockedTask::running;
    return described;
  }
  return describe_blocked(task, *call);
}

bool is_open_for_writing(pid_t pid, int fd) {
  return (sys::read_descriptor_flags(pid, fd).value_or(O_RDONLY) & O_ACCMODE) != O_RDONLY;
}

std::vector<std::string> holdings(const Process& process) {
  std::vector<std::string> files;
  std::vector<std::string> open_files;
  for (const int fd : sys::list_descriptors(process.pid)) {
    const std::string file = sys::read_descriptor(process.pid, fd);
    files.push_back(file);
    const auto identity = sys::identify_descriptor(process.pid, fd);
    if (identity && S_ISREG(identity->mode) && is_open_for_writing(process.pid, fd) &&
        open_files.size() < files_named) {
      open_files.push_back("file " + file);
    }
  }
  std::vector<std::string> holds = sys::listening_sockets(process.pid, files);
  for (std::string& lock : sys::held_locks(process.pid)) {
    holds.push_back(std::move(lock));
  }
  holds.insert(holds.end(), open_files.begin(), open_files.end());
  holds.erase(std::unique(holds.begin(), holds.end()), holds.end());
  return holds;
}

Reaping reaping_of(const Process& process) {
  if (!process.reaped) {
    return Reaping::unreaped;
  }
  if (process.reaped_by_init) {
    return Reaping::by_init;
  }
  return process.reaped_by_kernel ? Reaping::ignored : Reaping::by_parent;
}

}  // namespace

std::vector<BlockedTask> describe_waits(const Tree& tree) {
  std::vector<BlockedTask> tasks;
  for (const auto& [tid, task] : tree.tasks()) {
    if (!task->exiting) {
      tasks.push_back(describe_task(*task));
    }
  }
  return tasks;
}

std::string asked_by(const Evidence& evidence, const Scenario& scenario) {
  if (evidence.stopped_by_harness) {
    return fmt::format("the stop ({})", scenario.stop.value_or(StopBy{}).print());
  }
  for (const FaultRecord& fault : evidence.faults) {
    if (fault.fired) {
      return fault.fault.print();
    }
  }
  return "the end of its input";
}

void record_survivors(TrialContext& context, const std::vector<Process*>& left) {
  for (const Process* process : left) {
    Survivor survivor;
    survivor.process = process->path;
    if (process->dead) {
      const Micros after = process->died - context.evidence.root_ended_at;
      if (after.count() <= 0) {
        continue;  // it ended together with the root
      }
      survivor.ended_after = after;
    } else {
      for (const Task* task : process->tasks) {
        survivor.blocked.push_back(describe_task(*task));
        survivor.stopped = survivor.stopped || task->state == Task::State::listening;
      }
      survivor.holds = holdings(*process);
    }
    context.evidence.survivors.push_back(std::move(survivor));
  }
}

void record_processes(TrialContext& context) {
  for (const auto& process : context.tree.processes()) {
    ProcessRecord record;
    record.path = process->path;
    if (process->maker != nullptr) {
      record.maker = process->maker->path;
    }
    record.pid = process->pid;
    record.command = process->command;
    record.executable = process->executable;
    record.argv = process->argv;
    record.born = process->born;
    if (process->dead) {
      record.died = process->died;
      record.end = process->end;
    }
    record.reaping = reaping_of(*process);
    record.reaped = process->reaped_at;
    if (process->reaper) {
      record.reaper = (*process->reaper)->path;
    }
    record.struck = process->struck;
    record.way_out = process->way_out;
    record.sandboxed = process->sandboxed;
    context.evidence.processes.push_back(std::move(record));
  }
}

void name_makers(TrialContext& context) {
  Evidence& evidence = context.evidence;
  std::map<std::string, FileChange*> files;
  for (FileChange& file : evidence.files) {
    files.emplace(file.path, &file);
  }
  for (const Event& event : evidence.events) {
    if (event.kind != EventKind::call || !event.site) {
      continue;
    }
    const auto* point = std::get_if<CallPoint>(&event.site->point);
    if (point == nullptr) {
      continue;
    }
    const CallClass kind = point->call_class;
    if (kind == CallClass::open || kind == CallClass::mkdir || kind == CallClass::link || kind == CallClass::rename) {
      auto made = files.find(event.object);
      if (made == files.end()) {
        made = files.find(sys::resolve_for(context.leader, event.object));  // it was named by way of a link, or of ".."
      }
      if (made != files.end()) {
        made->second->maker = event.who.process();
      }
    }
  }
}

}  // namespace exitproof
