#pragma once

#include <span>
#include <string>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// Text of a subject's making, printable and cut to what fits in a line.
std::string shortened(std::string text);

/// "0.1 python3"; the path alone when it is none of these processes.
std::string process_name(std::span<const ProcessRecord> processes, const ProcessPath& path);

/// "ENOENT", "512".
std::string result_words(std::int64_t result);

/// What happened, after the process's name: "openat /tmp/a", "ends: exit 0", "gets SIGTERM (caught)".
std::string event_words(const Event& event);

/// Whether `end` is the return of the call that begins with `begin`.
bool completes(const Event& begin, const Event& end);

}  // namespace exitproof
