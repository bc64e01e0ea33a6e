#include <fmt/format.h>

#include <algorithm>

#include "harness/linux/sockets.hpp"
#include "harness/linux/turn_calls.hpp"
#include "harness/trial/tracer/tracer.hpp"
#include "harness/trial/tree/blocked.hpp"

// Virtual time: when it is skipped, and who wakes by that.
namespace exitproof {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// For a shorter skip it is not worth waiting for the clock that files take their times from: what is made just after it
// looks that much older.
constexpr milliseconds files_differ_from{500};
// What was sent within one machine comes at once, but where TCP waits for more or for an answer (Nagle's algorithm,
// delayed acknowledgements: 40 ms each).
constexpr milliseconds network_settles{120};

constexpr int at_once = 64;

}  // namespace

std::optional<TrialContext::Clock::time_point> Tracer::next_due() {
  auto soonest = own_next_due();
  if (const auto first = time_ ? time_->next_by_clock() : std::nullopt) {
    const auto due = turns_ ? std::max(first->ends.at + sleepers_wait, look_at_sleepers_) : first->ends.at;
    soonest = std::min(soonest.value_or(due), due);
  }
  return soonest;
}

// Under a seeded schedule the same each time: there the order of the waits decides it, not how long the subject takes to
// wake and to wait again.
bool Tracer::somebody_is_woken_soon() {
  if (!time_ || !turns_ || !context_.quiet.blocked() || context_.quiet.quiet()) {
    return false;
  }
  const auto first = time_->next();
  return first && context_.clock.left_until(first->ends) < QuietWatch::dwell;
}

// Of the subject since the last time that nobody ran: on a busy machine, time passes without anybody running.
bool Tracer::computes_long() {
  const auto lasted = TrialContext::Clock::now() - last_still_;
  if (lasted < sleepers_wait) {
    return false;
  }
  std::uint64_t cpu_us = 0;
  for (const Process* process : context_.tree.alive()) {
    cpu_us += sys::read_cpu_time_us(process->pid).value_or(0);
  }
  if (!cpu_then_us_) {
    cpu_then_us_ = cpu_us;
  }
  return microseconds(cpu_us) - microseconds(*cpu_then_us_) >= sleepers_wait || lasted >= Turns::stuck;
}

void Tracer::end_due_waits() {
  if (!time_) {
    return;
  }
  if (turns_ && !computes_long()) {
    look_at_sleepers_ = context_.clock.now() + sleepers_wait / 10;
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

// Nobody knows when these end. A wait in a call that is none of the known ones is for the kernel itself, as for a file
// system that somebody outside serves.
bool Tracer::waits_beyond_clocks(const Task& task, const sys::CallInProgress& call) const {
  const auto number = static_cast<std::uint64_t>(call.number);
  const bool known =
      task.in_vfork || (call.number >= 0 && (sys::may_wait(number, call.args) || sys::may_open_fifo(number)));
  if (!known) {
    return true;
  }
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
  cpu_then_us_.reset();
  return true;
}

bool Tracer::pass_time(TrialContext::Clock::time_point until) {
  if (!time_ || !started_ || !context_.quiet.blocked() || (turns_ && turns_->any_queued())) {
    return false;
  }
  const auto first = time_->next();
  const auto now = context_.clock.now();
  const bool woken_soon = somebody_is_woken_soon();
  const bool new_moment_first = turns_ && !context_.quiet.quiet() && !woken_soon;
  if (first && first->ends.at <= now && !new_moment_first) {
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
  auto next = std::min(until, own.value_or(until));
  if (first && !new_moment_first) {
    next = std::min(next, first->ends.at);
  }
  if (!context_.quiet.quiet() && !woken_soon) {
    next = std::min(next, std::max(now, context_.quiet.since() + QuietWatch::dwell));
  }
  if (!waits_for_others_only()) {
    return false;
  }
  if (!is_still_blocked()) {
    return true;
  }
  time_->skip(std::chrono::ceil<microseconds>(std::max(next - context_.clock.now(), TrialContext::Clock::duration(0))));
  if (next - now >= files_differ_from) {
    SubjectClock::await_tick();
  }
  if (first && !new_moment_first && first->ends.at <= context_.clock.now()) {
    time_->end(*first);
  }
  return true;
}

}  // namespace exitproof
