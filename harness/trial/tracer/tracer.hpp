#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/trial/clock/virtual_time.hpp"
#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tracer/handler_book.hpp"
#include "harness/trial/tracer/holds.hpp"
#include "harness/trial/tracer/plan_watch.hpp"
#include "harness/trial/tracer/point_book.hpp"
#include "harness/trial/tracer/striker.hpp"
#include "harness/trial/tracer/trespass_watch.hpp"
#include "harness/trial/tracer/turns.hpp"
#include "harness/trial/tracer/zombie_watch.hpp"
#include "harness/trial/tree/call_reader.hpp"
#include "harness/trial/tree/stops.hpp"

namespace exitproof {

/// How far the start of a root is followed that is to be copied.
enum class StartWatch : std::uint8_t {
  none,          ///< it is not
  strictly,      ///< up to the first call that is not harmless
  with_sockets,  ///< also past those that are once their descriptor is closed
};

/// Follows the subject's tree through every birth, exec, call, signal, stop and end, counts its calls,
/// and strikes when a fault's site is reached.
///
/// A task runs unless it is being looked at: each report of the kernel is handled to its end, and the
/// task resumed, before the next is read. Only a pause keeps one.
class Tracer {
 public:
  Tracer(TrialContext& context, CallReader reader, sys::Terminal& terminal, sys::StackReader& stacks);

  /// Takes hold of the subject's first process, before it executes its program.
  void seize_root(pid_t pid);

  /// To be called before the root executes its program: it is followed from call to call, and left at the stop before
  /// the first that is not harmless (see is_harmless()).
  void watch_start(StartWatch watch) { watches_start_ = watch; }
  /// The call before which watch_start() has left the root; nothing: it has not come so far.
  const std::optional<sys::CallEntry>& left_before() const { return left_before_; }
  /// Instead of seize_root(): the root is `pid`, a copy of the one that `start` has left, and stands at a stop. What was
  /// noted of that one is noted again, as far as a trial that traces `classes` would have.
  void continue_start(const Tracer& start, pid_t pid, const CallClasses& classes);

  /// Handles every report there is; false when there was none. With a schedule, lets one task after the other go on,
  /// for some milliseconds at most; else it does not block.
  bool handle_reports();

  /// With a schedule: when handle_reports() has something to do next, although nothing is reported.
  std::optional<TrialContext::Clock::time_point> next_turn() const;
  /// Whether a task waits for its turn.
  bool holds_back() const { return turns_ && turns_->any_queued(); }

  /// What is due by the clock: timed sites, CPU ticks, ends of pauses, zombies.
  void handle_time();

  /// Looks whether the subject is quiet, and strikes there when a fault asks for it.
  void look_for_quiet();

  /// In virtual time, just after look_for_quiet(): when every task is blocked, what is to happen next by the clock
  /// happens now, if it is to happen before `until`. True when time was skipped, or somebody is about to wake.
  bool pass_time(TrialContext::Clock::time_point until);

  /// Whether the clocks of all its programs are the subject's, so that each of them sees what was skipped.
  bool has_own_clocks() const { return time_ && time_->why_not().empty(); }

  /// When handle_time() has something to do next; nothing when only events matter.
  std::optional<TrialContext::Clock::time_point> next_due();
  /// Whether the tracer itself will disturb the subject later: a delayed fault, the end of a pause.
  bool will_disturb() const { return !due_.empty() || !parked_.empty() || holds_.any(); }
  /// Whether the armed fault waits for CPU time, which no event announces.
  bool watches_ticks() const;

  /// The root's own program runs: its first exec is over.
  bool started() const { return started_; }
  /// All that was alive at the last moment of the root's life.
  const std::vector<Process*>& left_by_root() const { return left_by_root_; }
  /// A leader that is gone can reap nobody.
  bool leader_is_gone() const { return leader_gone_; }
  std::uint64_t stops() const { return stops_.count(); }
  void finish();

 private:
  void handle_report(const StopReport& report);
  /// With a schedule: brings the subject forward, by one task's turn or by a look at it. False: nothing is to be done
  /// before the next report.
  bool take_turn();
  void handle_ends();
  /// With a schedule, time is kept from those who sleep while others run, but not when these compute for longer.
  static constexpr std::chrono::milliseconds sleepers_wait{50};
  /// In virtual time: ends the waits whose time has passed without being skipped.
  void end_due_waits();
  std::optional<TrialContext::Clock::time_point> own_next_due() const;
  void count_timer_wait();
  bool somebody_is_woken_soon();
  bool computes_long();
  bool waits_for_others_only();
  bool waits_beyond_clocks(const Task& task, const sys::CallInProgress& call) const;
  bool is_still_blocked();
  void handle_stop(Task& task, int status);
  void handle_end(pid_t pid, int status);
  void handle_birth(Task& maker, int event);
  void handle_exec(Task& task);
  /// At its exec, before its new program runs.
  void put_in_agents(Process& process);
  void handle_exit_event(Task& task);
  void hand_on_children(Process& parent);
  void handle_trap_stop(Task& task);
  void handle_group_stop(Task& task, int signal);
  void handle_delivery(Task& task, int signal);
  void handle_call(Task& task);
  void handle_call_end(Task& task);
  /// What is to be done at a call that is trapped for another reason; true when its end is awaited.
  bool handle_uncounted(Task& task, const sys::CallEntry& entry);
  /// While the start is watched: false when the task is left before this call.
  bool goes_on_in_start(Task& task, const sys::CallEntry& entry);
  /// Takes a message of the probe and answers it.
  void handle_message(Task& task, const sys::CallEntry& entry);
  void pass_point(Task& task, const sys::CallEntry& entry, const ProbeMessage& message);
  exitproof_probe_answer answer_to(const Task& task, const PassedPoint& passed) const;
  void note_refusal(Task& task, std::uint64_t number, std::string why);
  bool may_be_refused(const Task& task, std::uint64_t number, std::span<const std::uint64_t, 6> args) const;
  void park(pid_t tid, int status);
  void adopt_parked(TrialContext::Clock::time_point now);
  Task* adopt(pid_t tid);

  MetCall count_call(Task& task, const sys::CallEntry& entry, bool again);
  bool is_booked(const MetCall& call) const;
  /// Whether a schedule must see the end of the call.
  bool is_wait(Task& task, std::uint64_t number, std::span<const std::uint64_t, 6> args);
  /// Tells the books of files of the call, before it is made; true when it was refused and the task goes on.
  bool refused_by_ledger(Task& task, const MetCall& call);
  /// A signal to a process of the harness, or to process 1, is not sent; true when the task goes on without.
  bool spared_by_call(Task& task, const sys::CallEntry& entry);
  bool is_recorded(const MetCall& call) const;
  void digest_unrecorded(const Task& task, const MetCall& call);
  void record_call(Task& task, const MetCall& call, bool again);
  void record_reaping(Task& task, const MetCall& call, std::int64_t result);
  /// Strikes as long as an armed fault's site is this call; true when the task needs no resuming any more.
  bool strike_at_call(Task& task, MetCall& call, const sys::CallEntry& entry, bool& await_end);
  /// With a schedule: whether the fault has just killed the task. It leaves its stop by itself, and resuming it could
  /// hit the next one, unseen.
  bool leaves_by_itself(Task& task, std::size_t fault);
  bool fails_by_now(Task& task, MetCall& call);
  /// On a full disk: gives the world room for its own copies of what the call changes.
  void give_room_for_copies(const Task& task, const MetCall& call);
  void watch_for_false_failure(const Task& task, const MetCall& call, std::int64_t result);
  void note_false_exdev(const Task& task, const MetCall& call, std::int64_t result);
  void take_back_raise(const Task& task, std::string why);
  void strike_freely(std::size_t fault);
  /// Keeps a stopped task for fault `index`, a pause.
  void hold(Task& task, std::size_t index);
  /// Lets those go that a pause has held.
  void release(const std::vector<pid_t>& tids);
  /// A fault whose site has a delay is struck later; false when it has none.
  bool put_off(std::size_t fault);
  void end_process(Process& process);
  void go_on(Task& task, int signal = 0);
  Site call_site(const Task& task, const MetCall& call) const;

  /// The strike of a delayed fault.
  struct Due {
    TrialContext::Clock::time_point when;
    std::size_t strike = 0;
  };

  TrialContext& context_;
  CallReader reader_;
  Stops stops_;
  PlanWatch plan_;
  Striker striker_;
  HandlerBook handlers_;
  PointBook points_;
  sys::StackReader& stacks_;
  std::optional<Turns> turns_;       ///< nothing: no schedule
  std::vector<StopReport> ends_;     ///< with a schedule: they are handled when no task runs
  std::optional<VirtualTime> time_;  ///< nothing: real time
  std::optional<TrialContext::Clock::time_point> timer_wait_since_;
  TrialContext::Clock::time_point last_still_ = TrialContext::Clock::now();  ///< by the machine's clock
  std::optional<std::uint64_t> cpu_then_us_;
  TrialContext::Clock::time_point look_at_sleepers_{};
  std::string root_input_;
  ZombieWatch zombies_;
  TrespassWatch trespasses_;
  /// The first stop of a task whose maker has not reported it yet.
  static constexpr std::chrono::milliseconds report_may_lag{20};
  struct Parked {
    int status = 0;
    TrialContext::Clock::time_point since;
  };
  std::map<pid_t, Parked> parked_;
  std::vector<Due> due_;
  Holds holds_;
  std::vector<std::size_t> failing_;  ///< persistent ones that have fired, by their place in the plan
  std::vector<Process*> left_by_root_;
  bool started_ = false;
  StartWatch watches_start_ = StartWatch::none;
  std::optional<sys::CallEntry> left_before_;
  bool leader_gone_ = false;
  bool foreign_noted_ = false;
};

}  // namespace exitproof
