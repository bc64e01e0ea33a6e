#pragma once

#include "harness/trial/tracer/context.hpp"

namespace exitproof {

/// A filter of the subject's own (seccomp(2)) outranks the tracer's: under one that refuses prctl(2), an agent that
/// speaks would be ended, or its program told of an error, through us. So agents are silenced before it is there, and
/// what the process does with its exit handlers from then on is not known, even if the kernel refuses the filter.

/// `task` is stopped before a call by which it may get a filter: silences the agents of its process, and of all that
/// share its memory.
void silence_agents(TrialContext& context, Task& task);

/// `maker` goes on, whose vfork child had its memory until now: what silenced that one does not silence this one.
void give_voice_back(Task& maker);

}  // namespace exitproof
