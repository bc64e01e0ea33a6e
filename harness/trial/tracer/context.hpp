#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/trial_request.hpp"
#include "harness/trial/clock/subject_clock.hpp"
#include "harness/trial/tracer/agent_injection.hpp"
#include "harness/trial/tracer/event_digest.hpp"
#include "harness/trial/tracer/quiet_watch.hpp"
#include "harness/trial/tree/tree.hpp"
#include "harness/trial/world/file_ledger.hpp"

namespace exitproof {

/// What faults do to the surroundings of the subject, not to the subject. Each returns why it could not be done,
/// empty when it was.
struct Surroundings {
  std::function<std::string()> fill_disk;  ///< nothing more can be written to any file
  /// On a full disk: room for the world's own copy of a file that the call to come changes; see World::make_own_copy.
  std::function<void(const std::string& path, bool only_linked)> make_own_copy;
  std::function<std::string()> close_stdout;  ///< the reader of stdout goes away
  std::function<void()> drain;                ///< reads what the subject has written to stdout, stderr and terminal
};

/// What the parts of one trial share: what is asked, what is known of the subject, what is written down.
struct TrialContext {
  using Clock = std::chrono::steady_clock;

  TrialContext(const Scenario& the_scenario, const TrialRequest& the_request)
      : scenario(the_scenario), request(the_request) {}

  const Scenario& scenario;
  const TrialRequest& request;
  Evidence evidence;
  EventDigester digest;
  Tree tree;
  QuietWatch quiet;
  SubjectClock clock;  ///< by it all moments and limits of the trial are measured
  Clock::time_point start = Clock::now();
  Clock::time_point struck_at{};        ///< when the last strike was over: reading stacks may have taken long
  std::uint64_t wakes_when_struck = 0;  ///< QuietWatch::wakes() then
  pid_t leader = -1;
  pid_t frozen = -1;             ///< of a process that is none of the subject's nor to be seen by it: see FrozenProcess
  FileLedger* ledger = nullptr;  ///< in a world that keeps no books of files itself
  AgentInjection* agents = nullptr;  ///< nothing: no agent is put into the subject
  Surroundings surroundings;
  bool disk_is_full = false;
  bool world_takes_rights = false;   ///< World::takes_rights()
  bool signalled_everybody = false;  ///< a signal went to all whom the subject may send one to
  bool made_ipc_objects = false;     ///< of System V: their numbers go on with each, in the same namespace

  Micros at(Clock::time_point moment) const { return std::chrono::duration_cast<Micros>(moment - start); }
  Micros now() const { return at(clock.now()); }

  /// Adds a line to what was skipped, "check: why", that is not there yet.
  void skip(std::string line) {
    if (std::find(evidence.skipped.begin(), evidence.skipped.end(), line) == evidence.skipped.end()) {
      evidence.skipped.push_back(std::move(line));
    }
  }

  /// Adds to the event log, when one is kept, and to the digest.
  void log(EventKind kind, const ProcessPath& who, std::string call = {}, std::string object = {},
           std::int64_t result = 0, std::optional<Site> site = {}) {
    Event event{now(), kind, who, std::move(call), std::move(object), result, std::move(site)};
    digest.add(event);
    if (request.events) {
      evidence.events.push_back(std::move(event));
    }
  }
};

}  // namespace exitproof
