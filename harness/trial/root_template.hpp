#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/trial/leader.hpp"
#include "harness/trial/one_trial.hpp"
#include "harness/trial/snapshot/frozen_process.hpp"
#include "harness/trial/streams.hpp"
#include "harness/trial/tracer/tracer.hpp"

namespace exitproof {

/// A root of the subject that has been stopped in its start, before the first call by which it could change anything or
/// be bound to anything, and of which trials begin with copies. While it is there, every trial of its world is one of
/// its own.
///
/// All copies have the terminal, the leader, stdout and stderr, the network, the mounts and the layers of one world: a trial after
/// which any of these is not as it was makes the template useless.
class RootTemplate {
 public:
  /// Starts the subject in a new world with these files copied up, and follows it to where it is stopped. `tools` has
  /// the filter for no classes. Blocks until then, at most for the scenario's timeout. Throws std::runtime_error, which
  /// std::system_error is, where the subject cannot be copied, saying why: `tools.world` is closed then.
  RootTemplate(const TrialTools& tools, const Scenario& scenario, const std::vector<std::string>& copy_up,
               StartWatch watch);
  /// Ends it and closes the world. Errors of the machine are passed over: the next world says them.
  ~RootTemplate();
  RootTemplate(const RootTemplate&) = delete;
  RootTemplate& operator=(const RootTemplate&) = delete;

  /// Whether the first site of such a plan is one that comes after where the root was stopped.
  bool comes_before(const FaultPlan& plan) const;
  /// Whether it can be the beginning of another trial.
  bool is_good() const;

  const std::vector<std::string>& copied_up() const { return copy_up_; }
  pid_t frozen() const { return frozen_->pid(); }
  Leader& leader() { return *leader_; }
  const Tracer& tracer() const { return *tracer_; }

  /// What the next trial is given of stdout, stderr and the terminal.
  std::unique_ptr<Streams> streams() const { return streams_->anew(); }
  sys::UniqueFd terminal() const;
  /// The root of the next trial, at a stop: see FrozenProcess::copy(). Throws std::runtime_error.
  pid_t make_copy(const sys::FilterProgram& filter);
  /// After a trial: ends all that it has made, and makes the world as new when `evidence` is of a trial that has left
  /// it in a state that allows that. Throws std::system_error.
  void take_back(const TrialContext& context, bool reusable);

 private:
  void start(StartWatch watch);
  void follow();
  void freeze();
  void close() noexcept;

  TrialTools tools_;
  const Scenario& scenario_;
  std::vector<std::string> copy_up_;
  TrialRequest request_;
  TrialContext context_;
  std::unique_ptr<Streams> streams_;
  sys::Terminal terminal_;
  std::unique_ptr<Leader> leader_;
  std::unique_ptr<Tracer> tracer_;
  std::optional<FrozenProcess> frozen_;
  std::chrono::steady_clock::time_point good_until_;
  int room_ = 0;
  bool restored_ = false;  ///< by the trial before, which the world must be told of
  bool spoiled_ = false;
};

}  // namespace exitproof
