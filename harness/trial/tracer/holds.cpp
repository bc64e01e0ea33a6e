#include "harness/trial/tracer/holds.hpp"

#include <algorithm>
#include <utility>

namespace exitproof {

void Holds::plan(pid_t tid, std::size_t index) {
  const bool open = !context_.request.plan.faults[index].pause;
  holds_.push_back({tid, index, open, context_.clock.now() + length_of(index)});
}

Millis Holds::length_of(std::size_t fault) const {
  return context_.request.plan.faults[fault].pause.value_or(longest_open_pause);
}

bool Holds::begins(pid_t tid) {
  const auto hold =
      std::find_if(holds_.begin(), holds_.end(), [tid](const Planned& each) { return each.tid == tid && !each.begun; });
  if (hold == holds_.end()) {
    return false;
  }
  // On a busy machine the stop may come late: the pause is as long as was asked for, from there on.
  hold->begun = context_.clock.now();
  hold->ends = *hold->begun + length_of(hold->fault);
  return true;
}

void Holds::write_down(const Planned& hold, bool cut_short) {
  if (hold.begun) {
    context_.evidence.faults[hold.fault].hold =
        Hold{std::chrono::duration_cast<Micros>(context_.clock.now() - *hold.begun), cut_short};
  }
}

void Holds::thread_ended(pid_t tid) {
  std::erase_if(holds_, [&](const Planned& hold) {
    if (hold.tid == tid) {
      write_down(hold, false);
    }
    return hold.tid == tid;
  });
}

std::vector<pid_t> Holds::take_at_quiet() {
  std::vector<pid_t> tids;
  std::erase_if(holds_, [&](const Planned& hold) {
    const bool over = hold.open && hold.begun;
    if (over) {
      write_down(hold, false);
      tids.push_back(hold.tid);
    }
    return over;
  });
  return tids;
}

std::vector<pid_t> Holds::take_due(Clock::time_point now) {
  std::vector<pid_t> tids;
  std::erase_if(holds_, [&](const Planned& hold) {
    const bool over = hold.begun && hold.ends <= now;
    if (over) {
      write_down(hold, hold.open);
      tids.push_back(hold.tid);
    }
    return over;
  });
  return tids;
}

std::optional<Holds::Clock::time_point> Holds::next_due() const {
  std::optional<Clock::time_point> soonest;
  for (const Planned& hold : holds_) {
    if (hold.begun && (!soonest || hold.ends < *soonest)) {
      soonest = hold.ends;
    }
  }
  return soonest;
}

void Holds::finish() {
  for (const Planned& hold : std::exchange(holds_, {})) {
    write_down(hold, false);
  }
}

}  // namespace exitproof
