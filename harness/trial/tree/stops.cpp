#include "harness/trial/tree/stops.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <ctime>

namespace exitproof {

namespace {

constexpr std::chrono::milliseconds freeze_limit{200};

bool is_end(int status) {
  return WIFEXITED(status) || WIFSIGNALED(status);
}

bool may_run(const Task& task) {
  return task.state == Task::State::running && !task.exiting && !task.in_vfork;
}

}  // namespace

void await_child(std::chrono::microseconds timeout) {
  sigset_t none;
  ::sigemptyset(&none);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(timeout - seconds).count()};
  ::ppoll(nullptr, 0, &limit, &none);
}

std::optional<StopReport> Stops::wait_now() {
  StopReport report;
  report.pid = ::waitpid(-1, &report.status, WNOHANG | __WALL);
  if (report.pid <= 0) {
    return std::nullopt;
  }
  ++count_;
  return report;
}

std::optional<StopReport> Stops::next() {
  if (!put_off_.empty()) {
    const StopReport report = put_off_.front();
    put_off_.pop_front();
    return report;
  }
  return wait_now();
}

void Stops::resume(Task& task, sys::ResumeMode mode, int signal) {
  if (mode == sys::ResumeMode::run && task.each_call) {
    mode = sys::ResumeMode::each_call;
  }
  if (turns_ && task.tid != turn_ && mode != sys::ResumeMode::listen) {
    task.state = Task::State::queued;
    task.kept = {.report = {}, .mode = mode, .signal = signal, .since = std::chrono::steady_clock::now(), .late = {}};
    return;
  }
  task.state = mode == sys::ResumeMode::listen ? Task::State::listening : Task::State::running;
  task.went_on = std::chrono::steady_clock::now();
  sys::resume_task(task.tid, mode, signal);  // false: killed meanwhile, and a report follows
}

void Stops::note_stop(const StopReport& report) {
  if (Task* task = tree_.find(report.pid); task != nullptr) {
    // An ended task is no longer waited for; its report is handled with the others.
    task->state = Task::State::stopped;
    task->exiting = task->exiting || is_end(report.status);
  }
  put_off_.push_back(report);
}

bool Stops::anything_runs() const {
  return std::any_of(tree_.tasks().begin(), tree_.tasks().end(),
                     [](const auto& entry) { return may_run(*entry.second); });
}

bool Stops::freeze() {
  for (const auto& [tid, task] : tree_.tasks()) {
    if (may_run(*task)) {
      sys::interrupt_task(tid);
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + freeze_limit;
  while (anything_runs()) {
    if (const auto report = wait_now()) {
      note_stop(*report);
      continue;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
    await_child(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace exitproof
