#include "harness/trial/tracer/zombie_watch.hpp"

#include <algorithm>

#include "harness/linux/proc_files.hpp"

namespace exitproof {

namespace {

constexpr std::chrono::milliseconds look_again{100};

// How long a process has waited until now for the turns that a schedule gives it: it could reap nobody then.
TrialContext::Clock::duration queued_time(const Process& process) {
  const auto now = TrialContext::Clock::now();  // no time is skipped meanwhile
  auto longest = TrialContext::Clock::duration(0);
  for (const Task* task : process.tasks) {
    if (task->state == Task::State::queued) {
      longest = std::max(longest, now - task->kept.since);
    }
  }
  return process.queued_for + longest;
}

}  // namespace

bool ZombieWatch::is_zombie(const Process& child) const {
  const auto stat = sys::read_process_stat(child.pid);
  return stat && stat->state == 'Z' && child.parent != nullptr && stat->parent == child.parent->pid;
}

Zombie* ZombieWatch::find(const Process& child) {
  auto& zombies = context_.evidence.zombies;
  const auto found = std::find_if(zombies.begin(), zombies.end(), [&](const Zombie& zombie) {
    return child.parent != nullptr && zombie.process == child.path && zombie.parent == child.parent->path;
  });
  return found == zombies.end() ? nullptr : &*found;
}

Micros ZombieWatch::unreaped_for(const Waiting& waiting, TrialContext::Clock::time_point now) const {
  const Process* parent = waiting.child->parent;
  const auto queued =
      parent == nullptr ? TrialContext::Clock::duration(0) : queued_time(*parent) - waiting.queued_before;
  return std::max(Micros(0), context_.at(now) - waiting.since - std::chrono::duration_cast<Micros>(queued));
}

void ZombieWatch::open(const Waiting& waiting, TrialContext::Clock::time_point now, bool at_parents_end) {
  Zombie* zombie = find(*waiting.child);
  if (zombie == nullptr) {
    context_.evidence.zombies.push_back({waiting.child->path, waiting.child->parent->path, {}, false, {}});
    zombie = &context_.evidence.zombies.back();
  }
  zombie->unreaped_for = unreaped_for(waiting, now);
  zombie->at_parents_end = at_parents_end;
}

void ZombieWatch::child_ended(Process& child) {
  if (child.parent == nullptr || child.parent->ending) {
    return;
  }
  const auto now = context_.clock.now();
  waiting_.push_back({&child, now + context_.scenario.contract.zombie, context_.at(now), queued_time(*child.parent)});
}

void ZombieWatch::child_reaped(Process& child, Process* reaper) {
  if (child.reaped) {
    return;
  }
  child.reaped = true;
  const auto now = context_.clock.now();
  child.reaped_at = context_.at(now);
  if (reaper != nullptr) {
    child.reaper = reaper;
  }
  const auto waiting =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& entry) { return entry.child == &child; });
  if (waiting == waiting_.end()) {
    return;
  }
  if (Zombie* zombie = find(child); zombie != nullptr) {
    zombie->unreaped_for = unreaped_for(*waiting, now);
    zombie->reaped_after = zombie->unreaped_for;
  }
  waiting_.erase(waiting);
}

void ZombieWatch::parent_ends(const Process& parent) {
  const auto now = context_.clock.now();
  const std::vector<Waiting> waiting = waiting_;
  for (const Waiting& entry : waiting) {
    if (entry.child->parent != &parent) {
      continue;
    }
    if (is_zombie(*entry.child)) {
      open(entry, now, true);
    } else {
      child_reaped(*entry.child, nullptr);
    }
  }
  std::erase_if(waiting_, [&](const Waiting& entry) { return entry.child->parent == &parent; });
}

void ZombieWatch::look(TrialContext::Clock::time_point now) {
  std::vector<Process*> reaped;
  for (Waiting& entry : waiting_) {
    if (entry.due > now) {
      continue;
    }
    if (!is_zombie(*entry.child)) {
      reaped.push_back(entry.child);
      continue;
    }
    const Micros lasted = unreaped_for(entry, now);
    if (!entry.reported && lasted < context_.scenario.contract.zombie) {
      entry.due = now + (context_.scenario.contract.zombie - lasted);
      continue;
    }
    if (!entry.reported && context_.scenario.contract.zombie.count() > 0) {
      open(entry, now, false);
      entry.reported = true;
    } else if (Zombie* zombie = find(*entry.child); zombie != nullptr) {
      zombie->unreaped_for = lasted;
    }
    entry.due = now + look_again;
  }
  for (Process* child : reaped) {
    child_reaped(*child, nullptr);
  }
}

std::optional<TrialContext::Clock::time_point> ZombieWatch::next_due() const {
  std::optional<TrialContext::Clock::time_point> soonest;
  for (const Waiting& entry : waiting_) {
    soonest = soonest ? std::min(*soonest, entry.due) : entry.due;
  }
  return soonest;
}

}  // namespace exitproof
