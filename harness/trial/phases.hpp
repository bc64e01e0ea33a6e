#pragma once

#include <optional>

#include "harness/trial/leader.hpp"
#include "harness/trial/streams.hpp"
#include "harness/trial/tracer/context.hpp"

namespace exitproof {

/// Takes a subject that waits through start → ready → work → stop. One that ends by itself is at work
/// from its start.
class Phases {
 public:
  Phases(TrialContext& context, Leader& leader, Streams& streams, sys::Terminal& terminal);

  /// To be called whenever something may have changed. Does not block.
  void advance();
  /// A wait of a phase before the stop has taken too long: go on to the stop. False when there is none.
  bool give_up_waiting();
  /// The leader says that a command has ended.
  void command_ended(int status);

  bool driver_runs() const { return commands_running_ > 0; }
  /// Since when the subject has been asked to end, or has last come one phase further.
  TrialContext::Clock::time_point mark() const { return mark_; }
  /// The subject has nothing left to be told: from here on only its end is waited for.
  bool only_end_is_left() const;

 private:
  bool staged() const;
  bool ready_now();
  bool has_said(const std::string& expression);
  bool waits_for_ever();
  void enter(Phase phase);
  void after_ready();
  void stop();
  void run(const std::string& command);

  TrialContext& context_;
  Leader& leader_;
  Streams& streams_;
  sys::Terminal& terminal_;
  TrialContext::Clock::time_point mark_ = TrialContext::Clock::now();
  unsigned commands_running_ = 0;
  bool driven_ = false;
  std::optional<std::size_t> searched_;  ///< how much of what it said was looked through
};

}  // namespace exitproof
