#include "harness/trial/tracer/quiet_watch.hpp"

#include <algorithm>

#include "harness/trial/tree/blocked.hpp"

namespace exitproof {

namespace {

bool same_waits(const std::vector<QuietWatch::Sample>& a, const std::vector<QuietWatch::Sample>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](const auto& left, const auto& right) { return left.same_wait(right); });
}

// The state of a task whose call file does not say that it runs. A `D` is a short wait for a disk,
// but for the parent of a vfork child and a thread inside execve(2): they wait for other tasks.
bool counts_as_blocked(char state, const Task& task) {
  return state == 'S' || state == 'T' || (state == 'D' && task.in_vfork);
}

bool has_left_others_behind(const Task& exiting) {
  const auto& tasks = exiting.process->tasks;
  return exiting.tid == exiting.process->pid &&
         std::any_of(tasks.begin(), tasks.end(), [](const Task* each) { return !each->exiting; });
}

const Task* find_task(const Tree& tree, pid_t tid) {
  const auto found = tree.tasks().find(tid);
  return found == tree.tasks().end() ? nullptr : found->second.get();
}

}  // namespace

void QuietWatch::disturb() {
  blocked_ = false;
  counted_ = false;
}

std::optional<std::vector<QuietWatch::Sample>> QuietWatch::sample(const Tree& tree) {
  std::vector<Sample> samples;
  for (const auto& [tid, task] : tree.tasks()) {
    if (task->state == Task::State::held || task->state == Task::State::listening) {
      samples.push_back({tid, {}, task->state == Task::State::listening, 0});
      continue;
    }
    if (task->exiting) {
      if (has_left_others_behind(*task)) {
        continue;  // it never reports again before the others end
      }
      return std::nullopt;  // its end is still to come, however long a busy machine takes for it
    }
    if (task->state != Task::State::running) {
      return std::nullopt;
    }
    const pid_t tgid = task->process->pid;
    const auto call = read_wait(*task);
    const auto state = call ? sys::read_task_state(tgid, tid) : std::nullopt;
    const auto slices = state ? sys::read_timeslices(tgid, tid) : std::nullopt;
    if (!slices || !counts_as_blocked(*state, *task)) {
      return std::nullopt;
    }
    samples.push_back({tid, *call, *state == 'T', *slices});
  }
  if (samples.empty()) {
    return std::nullopt;
  }
  return samples;
}

bool QuietWatch::look(const Tree& tree, Clock::time_point now, bool may_last) {
  auto samples = sample(tree);
  if (!samples) {
    disturb();
    return false;
  }
  if (!same_waits(*samples, recurring_)) {
    recurring_ = *samples;
    recurring_since_ = now;
  }
  if (*samples != samples_ && !samples_.empty()) {
    ++wakes_;
  }
  if (!blocked_ || *samples != samples_) {
    samples_ = std::move(*samples);
    since_ = now;
    blocked_ = true;
    counted_ = false;
    return false;
  }
  if (counted_ || !may_last || now - since_ < dwell) {
    return false;
  }
  counted_ = true;
  ++moments_;
  return true;
}

bool QuietWatch::is_as_seen(const Tree& tree) const {
  const auto samples = sample(tree);
  return samples && *samples == samples_;
}

std::chrono::milliseconds QuietWatch::same_waits_for(Clock::time_point now) const {
  return recurring_.empty() ? std::chrono::milliseconds(0)
                            : std::chrono::duration_cast<std::chrono::milliseconds>(now - recurring_since_);
}

Stillness judge_stillness(const Tree& tree, const QuietWatch& quiet, QuietWatch::Clock::time_point now) {
  Stillness still;
  for (const auto& sample : quiet.samples()) {
    const Task* task = find_task(tree, sample.tid);
    if (task == nullptr) {
      continue;
    }
    // A stopped task keeps its timers' signals for later.
    still.by_timer =
        still.by_timer || task->state == Task::State::held ||
        (!sample.stopped && (waits_with_timeout(*task, sample.call) || may_be_woken_by_timer(*task->process, now)));
    still.outside = still.outside || (!sample.stopped && waits_for_outside(*task, sample.call));
  }
  still.timed = still.by_timer || !quiet.is_as_seen(tree);
  return still;
}

}  // namespace exitproof
