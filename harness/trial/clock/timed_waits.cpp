#include "harness/trial/clock/timed_waits.hpp"

#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace exitproof {

namespace {

using std::chrono::nanoseconds;
using State = LimitedWait::State;

// linux/errno.h, which no program sees.
constexpr std::int64_t restart_sys = -512;
constexpr std::int64_t restart_no_intr = -513;
constexpr std::int64_t restart_no_hand = -514;
constexpr std::int64_t restart_block = -516;

constexpr nanoseconds longest = std::chrono::seconds(1'000'000'000);
constexpr std::uint64_t below_red_zone = 512;  // of the stack: it belongs to nobody (System V ABI, x86-64)

bool is_interruption(std::int64_t result) {
  return result == restart_sys || result == restart_no_intr || result == restart_no_hand || result == restart_block ||
         result == -EINTR;
}

nanoseconds remaining(const sys::TimedWait& wait, const SubjectClock& clock) {
  if (!wait.absolute) {
    return std::min(wait.length, longest);
  }
  timespec now{};
  ::clock_gettime(wait.clock, &now);
  return std::min(wait.length - std::chrono::seconds(now.tv_sec) - nanoseconds(now.tv_nsec) - clock.ahead(), longest);
}

SubjectClock::End end_of(Task& task, const sys::TimedWait& wait, const SubjectClock& clock) {
  if (!wait.absolute) {
    return clock.end_after(remaining(wait, clock));
  }
  SubjectClock::End end = clock.end_after_computed(remaining(wait, clock), task.went_on);
  if (task.awaited_moment && task.awaited_moment->clock == wait.clock && task.awaited_moment->moment == wait.length) {
    end.order = task.awaited_moment->order;
  }
  task.awaited_moment = AwaitedMoment{wait.clock, wait.length, end.order};
  return end;
}

// The kernel has only to look: it answers at once, as it does when a limit is over.
bool limit_to_nothing(Task& task, user_regs_struct& registers) {
  const sys::TimedCall& call = *task.limited->wait.call;
  switch (call.form) {
    case sys::TimeoutForm::sleep:
      return false;
    case sys::TimeoutForm::milliseconds:
      sys::argument_register(registers, call.argument) = 0;
      return true;
    case sys::TimeoutForm::timespec:
    case sys::TimeoutForm::timeval: {
      const std::uint64_t address = (registers.rsp - below_red_zone) & ~std::uint64_t{15};
      sys::argument_register(registers, call.argument) = address;
      return sys::write_word(task.tid, address, 0) && sys::write_word(task.tid, address + 8, 0);
    }
  }
  return false;
}

void take_limit_away(const sys::TimedCall& call, user_regs_struct& registers) {
  switch (call.form) {
    case sys::TimeoutForm::sleep:
      registers.orig_rax = SYS_pause;
      break;
    case sys::TimeoutForm::milliseconds:
      sys::argument_register(registers, call.argument) = ~0ULL;
      break;
    case sys::TimeoutForm::timespec:
    case sys::TimeoutForm::timeval:
      sys::argument_register(registers, call.argument) = 0;
      break;
  }
}

// The result of an interrupted call, for which the kernel knew of no limit. With one, it never begins again after a
// handler; and it must come again through the same call, not through restart_syscall(2).
std::int64_t interrupted_result(std::int64_t result, std::uint64_t number) {
  const bool of_queue = number == SYS_mq_timedsend || number == SYS_mq_timedreceive;
  const bool as_without = result == -EINTR || result == restart_no_intr || (of_queue && result == restart_sys);
  return as_without ? result : restart_no_hand;
}

}  // namespace

void plan_wait(Task& task, const sys::CallEntry& entry) {
  const CallPlace place{entry.number, entry.instruction, entry.stack};
  const bool again = task.limited && task.limited->state == State::interrupted && task.limited->place == place;
  if (again) {
    task.limited->state = State::planned;
    return;
  }
  task.limited.reset();
  if (const auto wait = sys::read_timed_wait(task.tid, entry.number, entry.args)) {
    task.limited.emplace().wait = *wait;
    task.limited->place = place;
    std::copy(std::begin(entry.args), std::end(entry.args), std::begin(task.limited->args));
  }
}

void drop_planned_wait(Task& task) {
  if (task.limited && task.limited->state == State::planned) {
    task.limited.reset();
  }
}

void begin_wait(Task& task, const SubjectClock& clock) {
  if (!task.limited || task.limited->state != State::planned) {
    return;
  }
  auto registers = sys::read_registers(task.tid);
  if (!registers) {
    return;
  }
  LimitedWait& wait = *task.limited;
  if (!wait.ends) {
    const auto end = end_of(task, wait.wait, clock);
    wait.ends = end.at;
    wait.order = end.order;
  }
  wait.state = State::waits;
  if (*wait.ends > clock.now()) {
    take_limit_away(*wait.wait.call, *registers);
    sys::write_registers(task.tid, *registers);
  } else if (limit_to_nothing(task, *registers)) {
    sys::write_registers(task.tid, *registers);
  } else {
    sys::skip_call(task.tid, 0);
    task.limited.reset();
  }
}

bool end_wait(Task& task) {
  if (!task.limited || task.limited->state != State::waits) {
    return false;
  }
  task.limited->state = State::ends;
  return sys::interrupt_task(task.tid);
}

std::int64_t finish_wait(Task& task, std::int64_t result, const SubjectClock& clock) {
  auto registers = sys::read_registers(task.tid);
  if (!registers || !task.limited || task.limited->state == State::planned) {
    return result;
  }
  LimitedWait& wait = *task.limited;
  const sys::TimedCall& call = *wait.wait.call;
  sys::argument_register(*registers, call.argument) = wait.args[call.argument];
  registers->orig_rax = call.number;
  const bool interrupted = is_interruption(result);
  const nanoseconds rest = *wait.ends - clock.now();
  if (interrupted && wait.state == State::ends) {
    sys::clear_results(task.tid, call.number, wait.args);
    result = -std::int64_t{call.error_when_over};
    registers->orig_rax = ~0ULL;
  } else if (interrupted) {
    result = interrupted_result(result, call.number);
  }
  if (call.writes_rest || (interrupted && wait.state != State::ends)) {
    sys::write_rest(task.tid, wait.wait, rest);
  }
  registers->rax = static_cast<unsigned long long>(result);
  sys::write_registers(task.tid, *registers);
  if (interrupted && wait.state != State::ends) {
    wait.state = State::interrupted;
  } else {
    task.limited.reset();
  }
  return result;
}

void note_delivery(Task& task, bool caught) {
  if (caught && task.limited && task.limited->state == State::interrupted) {
    task.limited.reset();
  }
}

}  // namespace exitproof
