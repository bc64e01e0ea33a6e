#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/trial/world/world.hpp"

namespace exitproof::testing_support {

/// What one trial of a test left.
struct TrialSeen {
  int exit_code = -1;                ///< of the subject; 255 when it could not enter the world
  std::vector<std::string> changes;  ///< "created regular /tmp/x"
  bool restored = false;             ///< the world was made as new afterwards, for the next trial
  bool operator==(const TrialSeen&) const = default;
};

struct WorldSeen {
  std::vector<TrialSeen> trials;
  std::vector<std::string> skipped;
  std::string error;  ///< why the world could not be made; empty: it was
};

using Subject = std::function<int()>;

struct WorldTest {
  std::string working_directory = "/";
  bool fresh_network = false;
  bool restore = false;                        ///< after each trial, where that can be done
  std::vector<std::string> copied_up;          ///< before each subject starts
  std::function<void()> prepare;               ///< runs in the new namespaces before the world is made
  std::function<void(World&)> before_subject;  ///< runs in process 1 when the subject is about to start
  std::vector<Subject> subjects;               ///< one a trial, each run in a process of its own in the world
};

/// Runs the trials one after the other in one world, made in a process of its own.
WorldSeen run_in_world(const WorldTest& test);

/// Why worlds cannot be made on this machine by this user; nothing when they can.
std::optional<std::string> why_no_world();

}  // namespace exitproof::testing_support
