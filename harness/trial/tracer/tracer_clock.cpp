#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "harness/trial/tracer/tracer.hpp"

// What no report of the kernel announces: quiet moments, delays, CPU time, the ends of pauses.
namespace exitproof {

void Tracer::hold(Task& task, std::size_t index) {
  holds_.plan(task.tid, index);
  holds_.begins(task.tid);
  task.state = Task::State::held;
}

void Tracer::release(const std::vector<pid_t>& tids) {
  for (const pid_t tid : tids) {
    if (Task* task = context_.tree.find(tid); task != nullptr && task->state == Task::State::held) {
      go_on(*task);
    }
  }
}

bool Tracer::put_off(std::size_t index) {
  const Fault& fault = context_.request.plan.faults[index];
  if (fault.site.delay.count() == 0) {
    return false;
  }
  due_.push_back({context_.clock.now() + fault.site.delay, index});
  plan_.reached(index);
  return true;
}

void Tracer::strike_freely(std::size_t index) {
  Process* target = plan_.target(index);
  const AfterStrike after = striker_.strike(index, target, {});
  plan_.fired(index);
  if (after == AfterStrike::hold && target != nullptr && !target->tasks.empty()) {
    const Task& main = *target->tasks.front();
    holds_.plan(main.tid, index);
    sys::interrupt_task(main.tid);
  }
}

void Tracer::handle_time() {
  const auto now = context_.clock.now();
  zombies_.look(now);
  adopt_parked(now);
  if (const auto index = plan_.match_tick()) {
    strike_freely(*index);
  }
  std::vector<Due> ready;
  std::copy_if(due_.begin(), due_.end(), std::back_inserter(ready), [&](const Due& due) { return due.when <= now; });
  std::erase_if(due_, [&](const Due& due) { return due.when <= now; });
  for (const Due& due : ready) {
    strike_freely(due.strike);
  }
  release(holds_.take_due(now));
  end_due_waits();
}

// What of the time was spent so, a proposal of virtual time is made of.
void Tracer::count_timer_wait() {
  if (timer_wait_since_ && !context_.quiet.quiet()) {
    context_.evidence.blocked_on_timers +=
        std::chrono::duration_cast<Micros>(context_.clock.now() - *std::exchange(timer_wait_since_, std::nullopt));
  }
}

void Tracer::look_for_quiet() {
  const bool new_moment =
      started_ && context_.quiet.look(context_.tree, context_.clock.now(), !somebody_is_woken_soon());
  count_timer_wait();
  if (!new_moment) {
    return;
  }
  if (!time_ && context_.request.decide_waiting &&
      judge_stillness(context_.tree, context_.quiet, context_.clock.now()).timed) {
    timer_wait_since_ = context_.quiet.since();
  }
  const std::uint64_t moment = context_.quiet.moments();
  Site site;
  site.point = QuietPoint{moment};
  context_.log(EventKind::quiet, ProcessPath::root(), {}, {}, static_cast<std::int64_t>(moment), site);
  if (context_.request.sites) {
    SiteRecord record;
    record.site = site;
    record.phase = context_.evidence.reached;
    std::string waits;
    for (const Process* process : context_.tree.alive()) {
      record.alive.push_back(process->path);
    }
    for (const auto& sample : context_.quiet.samples()) {
      const Task* task = context_.tree.find(sample.tid);
      waits += fmt::format("{} {} {};", task != nullptr ? task->path.print() : "?", sample.call.number, sample.stopped);
    }
    record.command = context_.tree.root()->command;
    record.object = waits;
    record.stack_key = std::hash<std::string>{}(waits);
    context_.evidence.sites.push_back(std::move(record));
  }
  release(holds_.take_at_quiet());
  while (const auto index = plan_.match_quiet(moment)) {
    if (put_off(*index)) {
      return;
    }
    strike_freely(*index);
  }
}

std::optional<TrialContext::Clock::time_point> Tracer::own_next_due() const {
  auto soonest = zombies_.next_due();
  if (const auto release = holds_.next_due()) {
    soonest = std::min(soonest.value_or(*release), *release);
  }
  for (const auto& [tid, stop] : parked_) {
    soonest = std::min(soonest.value_or(stop.since + report_may_lag), stop.since + report_may_lag);
  }
  for (const Due& due : due_) {
    soonest = soonest ? std::min(*soonest, due.when) : due.when;
  }
  return soonest;
}

std::optional<TrialContext::Clock::time_point> Tracer::next_turn() const {
  return turns_ ? turns_->look_again() : std::nullopt;
}

bool Tracer::watches_ticks() const {
  const auto armed = plan_.armed();
  return armed && std::holds_alternative<TickPoint>(context_.request.plan.faults[*armed].site.point);
}

}  // namespace exitproof
