#pragma once

#include <map>

#include "harness/linux/stack.hpp"
#include "harness/linux/terminal.hpp"
#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tree/call_reader.hpp"
#include "harness/trial/tree/stops.hpp"

namespace exitproof {

/// Where a fault strikes, when its site is reached.
struct StrikePoint {
  Task* at = nullptr;             ///< the stopped task whose call it is; nothing at a quiet or timed site
  const MetCall* call = nullptr;  ///< that call
  bool before = false;            ///< the call has not been made yet
  /// At a line or call event: where in the task's memory the name of an exception is to be written. 0: nowhere.
  std::uint64_t name_at = 0;
  const Frame* source = nullptr;  ///< of that event: the place in the program that the interpreter runs
};

/// What must happen to the task at the strike point.
enum class AfterStrike : std::uint8_t {
  go_on,  ///< resume it as if nothing had been
  await,  ///< its call was changed: resume it to its end, and put it right there
  again,  ///< its call was rewound: resume it, and do not count that call twice
  hold,   ///< keep it stopped
  raise,  ///< it is to throw an exception: the answer to its message says so
};

/// Does the faults.
class Striker {
 public:
  Striker(TrialContext& context, Stops& stops, sys::Terminal& terminal, sys::StackReader& stacks)
      : context_(context), stops_(stops), terminal_(terminal), stacks_(stacks) {}

  /// Strikes with fault `index` of the plan and writes down what happened. Blocks for 300 ms at most.
  /// The fault counts as fired unless the record says why not.
  AfterStrike strike(std::size_t index, Process* target, const StrikePoint& point);

  /// The trial is over: looks up the functions and lines of the struck calls' stacks. That takes long, and while a
  /// task is stopped for it the others would run on.
  void finish();

 private:
  void kill_one(FaultRecord& record, Process& target);
  void kill_all(FaultRecord& record);
  void send_signal(FaultRecord& record, Process& target, int signal);
  void press_interrupt(FaultRecord& record);
  void hang_up(FaultRecord& record);
  void fail(FaultRecord& record, const StrikePoint& point);
  void cut(FaultRecord& record, const StrikePoint& point);
  void fill_disk(FaultRecord& record);
  void close_stdout(FaultRecord& record);
  /// True when the exception is to be thrown.
  bool ask_for_exception(FaultRecord& record, const StrikePoint& point);
  void mark(FaultRecord& record, Process& process);
  std::vector<Process*> group_members(pid_t group);
  void await_pending(const std::vector<Process*>& members, int signal);
  Landing landing_of(const Process& process, int signal) const;

  TrialContext& context_;
  Stops& stops_;
  sys::Terminal& terminal_;
  sys::StackReader& stacks_;
  std::map<std::size_t, Frame> sources_;  ///< StrikePoint::source, by fault
};

}  // namespace exitproof
