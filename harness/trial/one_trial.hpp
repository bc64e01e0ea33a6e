#pragma once

#include <memory>
#include <optional>

#include "harness/linux/call_filter.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/stack.hpp"
#include "harness/linux/terminal.hpp"
#include "harness/trial/leader.hpp"
#include "harness/trial/phases.hpp"
#include "harness/trial/streams.hpp"
#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tracer/tracer.hpp"
#include "harness/trial/world/world.hpp"

namespace exitproof {

class RootTemplate;

/// What the trials of one worker share.
struct TrialTools {
  World& world;
  sys::StackReader& stacks;
  const sys::NextPid& next_pid;
  const sys::FilterProgram& untraced;
  const sys::FilterProgram& filter;  ///< for the classes of this request
  AgentInjection* agents;            ///< nothing: none is put into the subject
  RootTemplate* origin = nullptr;    ///< the trial begins with a copy of it; nothing: at the subject's start
  const sys::FilterProgram* next_filter = nullptr;  ///< for a next run in virtual time; nothing: it is in real time
};

/// The classes whose calls a request needs trapped.
CallClasses classes_needed(const TrialRequest& request);

/// One trial, from an empty world to an empty world. Runs in process 1 of the namespaces, with SIGCHLD
/// blocked and handled.
class OneTrial {
 public:
  OneTrial(const TrialTools& tools, const Scenario& scenario, const TrialRequest& request);
  ~OneTrial();

  /// Blocks until the trial is over. What the machine refuses becomes the evidence's harness_error.
  Evidence run();
  /// After run(): its clock went ahead of the machine's, and its next run, which was not made, cannot have that clock.
  /// Both are to be made again in real time, since what they say of each other's files and locks would not be true.
  bool asks_for_real_time() const { return asks_for_real_time_; }

 private:
  void start();
  void start_copy();
  /// Enters the world of a trial that is over.
  void start_again();
  /// Instead of run(): the next run of a trial that is over and has left no process, in virtual time, by the clock of
  /// that trial, which goes on. Nothing when not all its programs can have that clock.
  std::optional<NextRun> run_as_next(SubjectClock& clock);
  std::string why_it_did_not_end();
  /// When the streams, the terminal and the leader are there.
  void equip();
  void live();
  void settle();
  void gather();
  void run_again();
  /// The next run; nothing when it asks for real time.
  std::optional<NextRun> make_next_run();
  /// What the contract's validators say of these files. A validator that does not end says nothing.
  std::vector<Validation> validate(const std::vector<FileChange>& files);
  std::optional<WaitStatus> run_command(const std::string& command, const std::string& argument);
  void empty_world();

  /// Handles what has happened, then sleeps until more happens, at most until `until`.
  void pump(TrialContext::Clock::time_point until);
  void sleep(TrialContext::Clock::time_point until);
  /// Looks whether the subject is quiet; in virtual time, lets time pass up to `until` when it is.
  void look(TrialContext::Clock::time_point until);
  bool may_pass_time();
  std::string fill_disk();
  std::string close_stdout();
  void hear_leader();
  bool over();
  bool root_is_gone();
  bool nothing_can_wake(bool outside_counts, std::chrono::milliseconds still_for);
  std::chrono::steady_clock::time_point limit_of_wait() const;
  bool will_be_woken() const;
  bool has_patience();
  bool late() const;
  bool overdue();
  void record_hang(bool at_once);

  TrialTools tools_;
  TrialContext context_;
  std::unique_ptr<Streams> streams_;
  sys::Terminal terminal_;
  std::unique_ptr<Leader> own_leader_;
  Leader* leader_ = nullptr;
  std::unique_ptr<Tracer> tracer_;
  std::unique_ptr<Phases> phases_;
  TrialContext::Clock::time_point next_look_{};
  std::chrono::microseconds look_pause_{};
  std::optional<TrialContext::Clock::time_point> root_reaped_;
  std::optional<TrialContext::Clock::time_point> patient_since_;  ///< by the machine's clock; see has_patience()
  bool validating_ = false;
  std::optional<WaitStatus> validator_end_;
  bool validated_ = false;
  std::vector<FileChange> made_by_validators_;  ///< not by the subject
  bool asks_for_real_time_ = false;
  bool gathered_ = false;  ///< all that the trial changed is in the evidence
};

}  // namespace exitproof
