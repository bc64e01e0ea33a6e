#include <fmt/format.h>

#include <algorithm>

#include "harness/linux/sockets.hpp"
#include "harness/trial/tracer/tracer.hpp"
#include "harness/trial/tree/blocked.hpp"

// Virtual time: when it is skipped, and who wakes by that.
namespace exitproof {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Shorter times than this between two files are not worth waiting for the clock that files take theirs from.
constexpr milliseconds files_differ_from{500};
// What was sent within one machine comes at once, but where TCP waits for more or for an answer (Nagle's algorithm,
// delayed acknowledgements: 40 ms each).
constexpr milliseconds network_settles{120};

constexpr int at_once = 64;

}  // namespace

std::optional<TrialContext::Clock::time_point> Tracer::next_due() {
  auto soonest = own_next_due();
  if (const auto first = time_ ? time_->next_by_clock() : std::nullopt) {
    const auto due = first->ends.at + (turns_ ? sleepers_wait : milliseconds(0));
    soonest = std::min(soonest.value_or(due), due);
  }
  return soonest;
}

void Tracer::end_due_waits() {
  if (!time_ || (turns_ && TrialContext::Clock::now() - last_still_ < sleepers_wait)) {
    return;
  }
  for (int i = 0; i < at_once; ++i) {
    const auto first = time_->next_by_clock();
    if (!first || first->ends.at > context_.clock.now()) {
      return;
    }
    time_->end(*first);
  }
}

// Nobody knows when these end.
bool Tracer::waits_beyond_clocks(const Task& task, const sys::CallInProgress& call) const {
  const Scenario& scenario = context_.scenario;
  const bool input_is_open = scenario.stop && scenario.stop->kind == StopBy::Kind::eof &&
                             context_.evidence.reached < Phase::stop && !root_input_.empty();
  return is_limited_by_kernel(task, call) || waits_for_terminal(task, call) ||
         (input_is_open && waits_for_file(task, call, root_input_)) ||
         (!scenario.own_network && waits_for_socket(task, call));
}

// Whether whatever may wake a task comes from the subject itself, or by the clock.
bool Tracer::waits_for_others_only() {
  const bool settled = context_.clock.now() - context_.quiet.since() >= network_settles;
  for (const QuietWatch::Sample& sample : context_.quiet.samples()) {
    const Task* task = context_.tree.find(sample.tid);
    if (task == nullptr) {
      return false;
    }
    if (task->state != Task::State::running || sample.stopped) {
      continue;
    }
    if (waits_beyond_clocks(*task, sample.call) ||
        (!settled && waits_for_socket(*task, sample.call) && sys::has_unanswered_data(task->process->pid))) {
      return false;
    }
  }
  return true;
}

// After all that may have woken somebody meanwhile.
bool Tracer::is_still_blocked() {
  context_.surroundings.drain();
  if (const auto report = stops_.next()) {
    handle_report(*report);
    context_.quiet.disturb();
    return false;
  }
  if (!parked_.empty() || !ends_.empty() || !context_.quiet.is_as_seen(context_.tree)) {
    return false;
  }
  last_still_ = TrialContext::Clock::now();
  return true;
}

bool Tracer::pass_time(TrialContext::Clock::time_point until) {
  if (!time_ || !started_ || !context_.quiet.blocked() || (turns_ && turns_->any_queued())) {
    return false;
  }
  const auto first = time_->next();
  const auto now = context_.clock.now();
  if (first && first->ends.at <= now) {
    if (is_still_blocked()) {
      time_->end(*first);
    }
    return true;
  }
  const auto own = own_next_due();
  if ((!first && !own) || (own && *own <= now) || until <= now) {
    return false;
  }
  if (const std::string why = time_->why_not(); !why.empty()) {
    context_.skip(fmt::format("time: it was real, since {}", why));
    return false;
  }
  auto next = std::min(until, std::min(first ? first->ends.at : until, own.value_or(until)));
  if (!context_.quiet.quiet()) {
    next = std::min(next, std::max(now, context_.quiet.since() + QuietWatch::dwell));
  }
  if (!waits_for_others_only()) {
    return false;
  }
  if (next - now >= files_differ_from) {
    SubjectClock::await_tick();
  }
  if (!is_still_blocked()) {
    return true;
  }
  time_->skip(std::chrono::ceil<microseconds>(std::max(next - context_.clock.now(), TrialContext::Clock::duration(0))));
  if (first && first->ends.at <= context_.clock.now()) {
    time_->end(*first);
  }
  return true;
}

}  // namespace exitproof
