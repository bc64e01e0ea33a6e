#include "ci/report/picture_lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exitproof {
namespace {

const Survivor* survivor_of(const Evidence& evidence, const ProcessPath& process) {
  const auto found = std::ranges::find(evidence.survivors, process, &Survivor::process);
  return found == evidence.survivors.end() ? nullptr : &*found;
}

const Zombie* zombie_of(const Evidence& evidence, const ProcessPath& process) {
  const auto found = std::ranges::find(evidence.zombies, process, &Zombie::process);
  return found == evidence.zombies.end() ? nullptr : &*found;
}

const BlockedTask* blocked_task_of(const Evidence& evidence, const ProcessPath& process) {
  if (!evidence.hang) return nullptr;
  const std::vector<BlockedTask>& tasks = evidence.hang->tasks;
  const auto found =
      std::ranges::find_if(tasks, [&](const BlockedTask& task) { return task.who.process() == process; });
  return found == tasks.end() ? nullptr : &*found;
}

std::string reaping_words(const ProcessRecord& process) {
  switch (process.reaping) {
    case Reaping::unreaped:
      return {};
    case Reaping::by_parent:
      return process.reaper ? ", reaped by " + process.reaper->process().print() : ", reaped";
    case Reaping::ignored:
      return ", SIGCHLD ignored";
    case Reaping::by_init:
      return ", reaped by init";
  }
  return {};
}

/// BlockedTask::state() without what the call waits for: there is little room.
std::string brief_state(const BlockedTask& task) {
  if (task.call == BlockedTask::stopped || task.call == BlockedTask::running) return task.state();
  return "waits in " + task.call;
}

std::string alive_words(const Evidence& evidence, const ProcessRecord& process) {
  std::string words = "still alive";
  if (const BlockedTask* task = blocked_task_of(evidence, process.path)) words += ", " + brief_state(*task);
  const Survivor* survivor = survivor_of(evidence, process.path);
  if (survivor == nullptr) return words;
  if (survivor->stopped) return "stopped, still there";
  if (!evidence.hang && !survivor->blocked.empty()) words += ", " + brief_state(survivor->blocked.front());
  for (const std::string& held : survivor->holds) words += ", holds " + held;
  return words;
}

std::string ended_words(const Evidence& evidence, const ProcessRecord& process, const Zombie* zombie) {
  std::string words = process.end ? process.end->print() : "ended";
  if (!process.way_out.empty()) words += " by " + process.way_out;
  if (zombie != nullptr) {
    return words + fmt::format(", a zombie for {}{}", describe_duration(zombie->unreaped_for),
                               zombie->reaped_after ? ", then reaped" : "");
  }
  words += reaping_words(process);
  const Survivor* survivor = survivor_of(evidence, process.path);
  if (survivor != nullptr && survivor->ended_after) {
    words += fmt::format(", {} after the root", describe_duration(*survivor->ended_after));
  }
  return words;
}

Lane lane_of(const Evidence& evidence, const ProcessRecord& process) {
  Lane lane{.process = &process, .end = LaneEnd::gone, .words = {}};
  const Zombie* zombie = zombie_of(evidence, process.path);
  if (!process.died) {
    lane.end = LaneEnd::alive;
    lane.words = alive_words(evidence, process);
    return lane;
  }
  if (process.end && process.end->is_signal()) lane.end = LaneEnd::killed;
  if (zombie != nullptr) lane.end = LaneEnd::zombie;
  lane.words = ended_words(evidence, process, zombie);
  return lane;
}

bool matters(const Evidence& evidence, const ProcessRecord& process) {
  const ProcessPath& path = process.path;
  return path.is_root() || process.struck || !process.died || survivor_of(evidence, path) != nullptr ||
         zombie_of(evidence, path) != nullptr || blocked_task_of(evidence, path) != nullptr;
}

/// The paths that are drawn: with each its ancestors, as long as there is room.
std::set<ProcessPath> chosen_paths(const Evidence& evidence, std::size_t most) {
  std::set<ProcessPath> chosen;
  const auto choose = [&](const ProcessPath& path) {
    std::vector<ProcessPath> line{path};
    while (const std::optional<ProcessPath> parent = line.back().parent()) line.push_back(*parent);
    for (auto ancestor = line.rbegin(); ancestor != line.rend() && chosen.size() < most; ++ancestor) {
      if (evidence.find(*ancestor) != nullptr) chosen.insert(*ancestor);
    }
  };
  for (const bool first : {true, false}) {
    for (const ProcessRecord& process : evidence.processes) {
      if (matters(evidence, process) == first) choose(process.path);
    }
  }
  return chosen;
}

}  // namespace

Lanes choose_lanes(const Evidence& evidence, std::size_t most) {
  Lanes lanes;
  for (const ProcessPath& path : chosen_paths(evidence, most)) {
    lanes.lanes.push_back(lane_of(evidence, *evidence.find(path)));
  }
  lanes.left_out = evidence.processes.size() - lanes.lanes.size();
  return lanes;
}

}  // namespace exitproof
