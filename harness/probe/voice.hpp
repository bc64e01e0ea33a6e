#pragma once

#include <cstdint>

#include "exitproof/probe.h"

// How an agent speaks. Each agent has a word of its own that silences it.
namespace exitproof::voice {

/// Other than 0: the program is about to put a filter upon its system calls, which may end it for a prctl(2). Written
/// by the harness while nobody of the program runs; a forked child inherits it.
inline volatile std::uint32_t silent = 0;

/// A message; -1: nobody listens, or nothing may be said any more.
inline long say(exitproof_probe_message message, std::uintptr_t arg3 = 0, std::uintptr_t arg4 = 0,
                std::uintptr_t arg5 = 0) {
  return silent != 0 ? -1 : exitproof_probe(message, arg3, arg4, arg5);
}

/// Tells the harness where it can silence this agent; to be called before anything else is said.
inline void offer_silence() {
  exitproof_probe(EXITPROOF_SILENCER, reinterpret_cast<std::uintptr_t>(&silent), 0, 0);
}

}  // namespace exitproof::voice
