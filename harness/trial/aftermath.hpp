#pragma once

#include "harness/trial/tracer/context.hpp"

namespace exitproof {

/// What every living task does now: the call it is blocked in, or that it runs.
std::vector<BlockedTask> describe_waits(const Tree& tree);

/// What had asked the subject to end: "kill@0:quiet:1", "the stop (SIGTERM)".
std::string asked_by(const Evidence& evidence, const Scenario& scenario);

/// Writes down those of `left` that were alive after the root's end.
void record_survivors(TrialContext& context, const std::vector<Process*>& left);

/// Writes down all processes.
void record_processes(TrialContext& context);

/// Says of each file who made it, as far as the event log knows.
void name_makers(TrialContext& context);

}  // namespace exitproof
