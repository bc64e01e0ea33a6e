#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "scenarios/generated/abstract_kernel.hpp"

namespace generated {

inline constexpr int grace_ms = 2'000;
inline constexpr int give_up_ms = 6'000;
inline constexpr int clock_slack_ms = 25;  // two that are due within this time come in any order

/// Plays a description with a fault on an abstract kernel with a clock of its own. Who goes on next is drawn from a
/// seed. Nothing is asked of a real kernel.
class AbstractRun : AbstractKernel {
 public:
  AbstractRun(const Description& tree, const PlannedFault& fault, std::uint64_t schedule)
      : AbstractKernel(tree, fault), random_(schedule), free_(schedule % 2 == 0) {}

  Played play() {
    while (go_on()) {
    }
    played_.hung = played_.processes[0].mode != Mode::ended;
    return std::move(played_);
  }

 private:
  bool go_on() {
    std::vector<std::size_t> able;
    for (std::size_t i = 0; i < tree_.processes.size(); ++i) {
      if (can_go_on(i)) able.push_back(i);
    }
    if (!able.empty()) {
      step(choose(able));
      return true;
    }
    if (fault_.quiet && !quiet_was_) {
      quiet_was_ = true;
      strike();
      return true;
    }
    return let_time_pass();
  }

  /// Every second schedule is a free draw at each step. In the others one process goes before all others as long as it
  /// can, since a free draw hardly ever lets a process be late by many steps of another.
  std::size_t choose(const std::vector<std::size_t>& able) {
    constexpr unsigned change_percent = 4;
    if (free_) return able[random_.below(able.size())];
    if (ranks_.empty() || random_.chance(change_percent)) {
      ranks_.resize(tree_.processes.size());
      for (std::uint64_t& rank : ranks_) rank = random_.next();
    }
    return *std::max_element(able.begin(), able.end(),
                             [this](std::size_t left, std::size_t right) { return ranks_[left] < ranks_[right]; });
  }

  bool let_time_pass() {
    std::vector<std::size_t> sleepers;
    int soonest = 0;
    for (std::size_t i = 0; i < tree_.processes.size(); ++i) {
      const PlayedProcess& one = played_.processes[i];
      if (one.mode != Mode::ops || !one.waiting) continue;
      soonest = sleepers.empty() ? one.due : std::min(soonest, one.due);
      sleepers.push_back(i);
    }
    if (sleepers.empty()) return false;
    const bool root_gone = played_.processes[0].mode == Mode::ended;
    if (soonest > (root_gone ? played_.processes[0].ended_at + grace_ms : give_up_ms)) return false;
    std::erase_if(sleepers, [&](std::size_t one) { return played_.processes[one].due > soonest + clock_slack_ms; });
    PlayedProcess& woken = played_.processes[sleepers[random_.below(sleepers.size())]];
    now_ = std::max(now_, woken.due);
    woken.due = now_;
    return true;
  }

  bool can_go_on(std::size_t i) const {
    const PlayedProcess& one = played_.processes[i];
    if (one.mode == Mode::unborn || one.mode == Mode::ended) return false;
    if (one.mode != Mode::ops || !one.pending.empty()) return true;
    if (one.stop && !in_teardown(i)) return true;
    const Op& op = op_of(i);
    if (!begun(i)) return true;  // it passes the point before the step
    switch (op.kind) {
      case OpKind::await:
        return readies_[op.index].bytes > 0 || readies_[op.index].writers == 0;
      case OpKind::reap:
        return !can_be_awaited(i, op.index) || played_.processes[op.index].zombie;
      case OpKind::linger:
        return one.due <= now_;
      case OpKind::wait:
        return wait_is_over(i);
      default:
        return true;
    }
  }

  bool can_be_awaited(std::size_t i, std::size_t child) const {
    const PlayedProcess& one = played_.processes[child];
    return one.parent == static_cast<int>(i) && (one.zombie || (one.mode != Mode::ended && one.mode != Mode::unborn));
  }

  bool wait_is_over(std::size_t i) const {
    const PlayedProcess& one = played_.processes[i];
    const Pipe& word = words_[i];
    switch (tree_.processes[i].wait) {
      case Wait::word:
        return word.bytes > 0 || word.writers == 0;
      case Wait::word_only:
        return word.bytes > 0;
      case Wait::watchdog:
      case Wait::rest:
      case Wait::timer:
        return one.due <= now_;
      case Wait::signal:
      case Wait::signal_or_kill:
      case Wait::signal_or_term:
        return false;
    }
    return false;
  }

  // A step has two parts: the point before it, where a fault may strike, and what it does.
  void step(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    if (one.mode == Mode::closing) return leave(i);
    if (!one.pending.empty()) return meet_signal(i);
    if (one.mode == Mode::signal_handler) return go_on_in_signal(i);
    if (one.mode == Mode::exit_handlers) return go_on_in_exit(i);
    if (one.stop && !in_teardown(i)) {
      one.stop = false;
      one.status = i == 0 && tree_.processes[i].honest_when_stopped ? stopped_status : one.status;
      return jump(i);
    }
    if (!begun(i)) {
      begun_ |= bit(i);
      begin_waiting(i);
      if (strikes_before(i)) strike();
      return;
    }
    const std::size_t pc = one.pc;
    if (tree_.processes[i].ops[pc].kind == OpKind::end) return end(i);
    const bool done = perform(i);
    if (fault_.after && !played_.fired && fault_.process == i && fault_.op == pc) {
      if (done) next(i);
      strike();
      return;
    }
    if (done && one.mode == Mode::ops) next(i);
  }

  bool strikes_before(std::size_t i) const {
    return fault_.strike != Strike::none && fault_.strike != Strike::no_space && !fault_.quiet && !fault_.after &&
           fault_.process == i && fault_.op == played_.processes[i].pc;
  }

  void begin_waiting(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    const Op& op = op_of(i);
    int time = 0;
    if (op.kind == OpKind::linger) time = static_cast<int>(op.index);
    if (op.kind == OpKind::wait) {
      const Wait wait = tree_.processes[i].wait;
      time = wait == Wait::rest ? rest_ms : wait == Wait::watchdog ? watchdog_ms : wait == Wait::timer ? timer_ms : 0;
    }
    one.waiting = time > 0;
    one.due = now_ + time;
  }

  void next(std::size_t i) {
    played_.processes[i].waiting = false;
    begun_ &= ~bit(i);
    ++played_.processes[i].pc;
  }

  void jump(std::size_t i) {
    played_.processes[i].waiting = false;
    begun_ &= ~bit(i);
    played_.processes[i].pc = tree_.processes[i].teardown;
  }

  /// Something that it did has failed. Whether it goes on with the next step.
  bool fail(std::size_t i) {
    if (!tree_.processes[i].fails_on_error) return true;
    return give_up(i);
  }

  bool give_up(std::size_t i) {
    played_.processes[i].status = 1;
    if (in_teardown(i)) return true;
    jump(i);
    return false;
  }

  bool child_failed(std::size_t i) { return tree_.processes[i].fails_with_child ? give_up(i) : true; }

  bool no_space_here(std::size_t i) {
    if (fault_.strike != Strike::no_space || played_.fired || fault_.process != i ||
        fault_.op != played_.processes[i].pc) {
      return false;
    }
    played_.fired = true;
    return true;
  }

  /// Whether to go on with the next step; else the process is elsewhere already, or waits on.
  bool perform(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    const Process& process = tree_.processes[i];
    const Op& op = op_of(i);
    switch (op.kind) {
      case OpKind::arm:
        one.reactions = process.reactions;
        one.ignores_children = process.ignores_children;
        if (process.wait == Wait::signal_or_kill) one.parent_death_signal = kill_number;
        if (process.wait == Wait::signal_or_term) one.parent_death_signal = term_number;
        return true;
      case OpKind::handler:
        one.list.push_back(op.index);
        played_.registered.push_back(op.index);
        return true;
      case OpKind::open:
        return open(i, op.index);
      case OpKind::write:
        if ((one.made & bit(op.index)) == 0) return true;
        if (no_space_here(i)) return fail(i);
        played_.files[op.index].halves |= 1U << op.half;
        return true;
      case OpKind::publish:
        if ((one.made & bit(op.index)) != 0) played_.files[op.index].published = true;
        return true;
      case OpKind::lock:
        if ((one.made & bit(op.index)) != 0) played_.lock_holders |= bit(i);
        return true;
      case OpKind::fork:
        fork(i, op.index);
        return true;
      case OpKind::await:
        if (readies_[op.index].bytes > 0) return true;
        return child_failed(i);
      case OpKind::ready:
        readies_[i].bytes = 1;
        readies_[i].writers &= ~bit(i);
        return true;
      case OpKind::wait:
        return waited(i);
      case OpKind::tell:
        tell(i, op.index);
        return true;
      case OpKind::linger:
        return true;
      case OpKind::reap:
        return reap(i, op.index);
      case OpKind::remove:
        remove(i, op.index);
        return true;
      case OpKind::remove_partial:
        if (is_partial(op.index)) remove(i, op.index);
        return true;
      case OpKind::end:
        break;
    }
    return true;
  }

  bool open(std::size_t i, std::size_t file) {
    PlayedProcess& one = played_.processes[i];
    PlayedFile& played = played_.files[file];
    if (no_space_here(i)) return fail(i);
    one.made |= bit(file);
    if (tree_.files[file].kind != FileKind::unnamed) played.exists = true;
    played.halves = 0;
    return true;
  }

  bool waited(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    if (tree_.processes[i].wait != Wait::watchdog || one.parent < 0 || words_[i].bytes > 0) return true;
    one.due = now_ + watchdog_ms;  // and look again
    return false;
  }

  bool reap(std::size_t i, std::size_t child) {
    PlayedProcess& gone = played_.processes[child];
    if ((played_.processes[i].forked & bit(child)) == 0 || !gone.zombie) return true;
    gone.zombie = false;
    const Tell told = (played_.processes[i].told & bit(child)) != 0 ? tree_.processes[child].told : Tell::nothing;
    const bool as_told = (told == Tell::term && gone.end_signal == term_number) ||
                         (told == Tell::kill && gone.end_signal == kill_number) ||
                         (gone.end_signal == 0 && gone.exit_status == 0);
    return as_told || child_failed(i);
  }

  void end(std::size_t i) {
    begun_ &= ~bit(i);
    PlayedProcess& one = played_.processes[i];
    if (!tree_.processes[i].runs_handlers) return die(i, one.status, 0);
    one.mode = Mode::exit_handlers;
    one.handler_part = 0;
  }

  // Begun, at work, done: three steps a handler.
  void go_on_in_exit(std::size_t i) {
    PlayedProcess& one = played_.processes[i];
    if (one.list.empty()) return die(i, one.status, 0);
    const std::size_t handler = one.list.back();
    const Handler& known = tree_.handlers[handler];
    switch (one.handler_part++) {
      case 0:
        played_.handler_plays.push_back({handler, i, false, false});
        return;
      case 1:
        if (known.file >= 0 && !(known.guarded && known.owner != i)) {
          const auto file = static_cast<std::size_t>(known.file);
          if ((one.made & bit(file)) == 0) return;
          for (HandlerPlay& play : played_.handler_plays) {
            if (play.handler == handler && play.by == i) play.changed = true;
          }
          remove(i, file);
        }
        return;
      default:
        for (HandlerPlay& play : played_.handler_plays) {
          if (play.handler == handler && play.by == i) play.finished = true;
        }
        one.list.pop_back();
        one.handler_part = 0;
    }
  }

  Random random_;
  bool free_;
  std::vector<std::uint64_t> ranks_;
  bool quiet_was_ = false;
};

}  // namespace generated
