#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// "1 file", "3 files".
std::string counted(std::size_t count, std::string_view singular, std::string_view plural);

/// "a, b, c and 4 more".
std::string several(std::span<const std::string> names, std::size_t shown = 3);

/// The base name of the executable the process last ran; empty when it is not on record.
std::string command_of(const Evidence& evidence, const ProcessPath& process);

/// "python3 (0) was ended by SIGTERM", "bash (0) ended with exit 1", "bash (0) did not end".
std::string how_root_ended(const Evidence& evidence);

/// The same of any process, with the function by which it skipped its handlers: "app (0) ended by _exit (exit 3)".
std::string how_ended(const Evidence& evidence, const ProcessPath& process);

/// "ENOSPC@0:write:5 had struck app (0) in write of /srv/out.txt"; empty when no call was struck.
std::string struck_call(const Evidence& evidence);

/// Who could end the wait in this call: "whoever holds the other end"; empty when the call is unknown, or none.
std::string_view who_could_wake(std::string_view call);

}  // namespace exitproof
