#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exitproof/scenario.hpp"

namespace exitproof {

/// Something that trials want from this machine, for this user.
struct Capability {
  std::string name;
  bool available = false;
  std::string why_not;  ///< what the kernel said; empty when available
  std::string cost;     ///< what is lost without it
  std::string remedy;   ///< how to get it
  bool operator==(const Capability&) const = default;
};

/// Tries each of them in a child process, which leaves nothing behind; takes some tens of
/// milliseconds, and at most a few seconds for each on a machine that does not answer.
/// Throws std::system_error when not even a child can be made.
std::vector<Capability> examine_machine();

/// Why this machine cannot give such a scenario a copy-on-write world; nothing when it can. Makes one, in a child
/// process that leaves nothing behind. Throws std::system_error when not even a child can be made.
std::optional<std::string> why_no_overlay_world(const Scenario& scenario);

}  // namespace exitproof
