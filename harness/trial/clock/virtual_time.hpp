#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/linux/vdso_clock.hpp"
#include "harness/trial/clock/process_timers.hpp"
#include "harness/trial/clock/subject_clock.hpp"
#include "harness/trial/clock/timer_descriptors.hpp"
#include "harness/trial/tree/tree.hpp"

namespace exitproof {

/// Virtual time: nothing of the subject ends by a timer of the kernel. Each wait for a limited time, each timer of a
/// process and each timerfd(2) is on a list here, by the subject's clock, and ends when somebody says so: at once when
/// nothing else can run, after time has been skipped, or when its time has really passed.
///
/// The subject reads its clock through the vdso(7), which VdsoClock replaces, or by calls that are answered here.
///
/// Not virtual: what is no clock of the process's (CPU time, times(2), sysinfo(2), adjtimex(2), /proc/uptime, the
/// time-stamp counter), the limits of sockets (SO_RCVTIMEO, TCP's own), io_getevents(2), and programs that nobody traces.
class VirtualTime {
 public:
  using Clock = SubjectClock::Clock;

  VirtualTime(SubjectClock& clock, Tree& tree);

  /// At an exec, before the program runs. False when its clocks cannot be had: time is not to be skipped from then on.
  bool start_program(Process& process);

  /// At a seccomp stop. True when the call was answered in the kernel's place, and is not made.
  bool answer(Task& task, const sys::CallEntry& entry);
  /// Whether the end of the call is to be awaited, for correct() or for finish_wait().
  bool wants_end(const Task& task, std::uint64_t number) const;
  /// At the end of a call that succeeded.
  void correct(const Task& task, const MetCall& call) const;

  /// The end of a wait or of a timer.
  struct Due {
    SubjectClock::End ends;
    std::variant<ProcessTimers::Due, TimerDescriptors::Due, Task*> what;
  };
  /// The one that is to end first. Of several at one place of the order, timers of processes come first, then those of
  /// descriptors, then waits, each by their paths.
  std::optional<Due> next() {
    return first_of([](const Due& due) { return due.ends.order; });
  }
  /// The one whose time is over first.
  std::optional<Due> next_by_clock() {
    return first_of([](const Due& due) { return due.ends.at; });
  }
  /// Ends it, whether it is due or not, before next() is asked again: who wakes by that reports it.
  void end(const Due& due);

  /// Skips time for the whole subject, all of whose tasks must be blocked. False when the clocks of some process could
  /// not be set: from then on no time is to be skipped.
  bool skip(std::chrono::microseconds time);

  /// Why no time can be skipped in this trial any more; empty: it can.
  std::string why_not() const;

 private:
  std::vector<Due> dues();
  template <typename Key>
  std::optional<Due> first_of(Key key) {
    std::vector<Due> all = dues();
    const auto first = std::min_element(all.begin(), all.end(),
                                        [&key](const Due& one, const Due& other) { return key(one) < key(other); });
    return first == all.end() ? std::nullopt : std::optional(*first);
  }

  SubjectClock& clock_;
  Tree& tree_;
  std::optional<sys::VdsoClock> vdso_;
  ProcessTimers timers_;
  TimerDescriptors descriptors_;
  std::string why_not_;
};

}  // namespace exitproof
