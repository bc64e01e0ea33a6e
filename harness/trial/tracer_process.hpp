#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "exitproof/scenario.hpp"
#include "exitproof/trial_request.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof {

/// How the trials of a tracer's process begin.
enum class Beginning : std::uint8_t {
  start,     ///< with the subject's start
  snapshot,  ///< with copies of its root: see SnapshotTrials
};

/// Where the trials of a runner are made: two processes, one that moves to new namespaces, and its child, which is
/// process 1 there, the tracer of every trial. Both die with the process that owns this. Without namespaces, the first
/// outlives the owner for as long as it takes to end the trial and to clean up after it.
class TracerProcess {
 public:
  /// Blocks until the world's base is made. Throws std::runtime_error, which std::system_error is, where the machine
  /// refuses. The calling process must be single-threaded.
  TracerProcess(const Scenario& scenario, Beginning beginning);
  ~TracerProcess();
  TracerProcess(const TracerProcess&) = delete;
  TracerProcess& operator=(const TracerProcess&) = delete;

  /// Blocks until the trial is over. Evidence as JSON, which begins with '{'; or why there is none: of a snapshot,
  /// why no trial can begin with a copy, and nothing when only this one cannot. Nothing at all: the tracer has ended.
  std::optional<std::string> ask(const TrialRequest& request);

 private:
  void end();
  bool ends_by_itself() const;

  bool has_namespaces_;
  sys::UniqueFd socket_;
  pid_t keeper_ = -1;
};

}  // namespace exitproof
