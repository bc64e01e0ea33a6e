#pragma once

#include <functional>

#include "exitproof/scenario.hpp"
#include "harness/trial/world/trial_folder.hpp"

namespace exitproof {

/// The life of the process between the owner of a runner and its tracer where no namespace ties them together.
///
/// It makes the folder, unless the scenario's world is none, and starts the tracer: `serve`, in a child subreaper
/// that dies with us. When the tracer ends, or the owner's end of `socket` closes, however the owner died, it ends
/// the tracer and all that is left of its trial, puts the machine's files back and exits. It is in a session of its
/// own, so that no signal to the owner's group keeps it from that. Throws std::system_error when nothing was started.
[[noreturn]] void keep_private(int socket, const Scenario& scenario,
                               const std::function<void(const TrialFolder*)>& serve);

}  // namespace exitproof
