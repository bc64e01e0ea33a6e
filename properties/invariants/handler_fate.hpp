#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// Whether a probe or an agent was active in the root.
bool handlers_are_told(const Evidence& evidence);

/// What is asked of the exit handlers of a process, by the way it ended.
enum class HandlersAsked : std::uint8_t {
  nothing,       ///< the whole tree was killed
  at_most_once,  ///< it was killed
  noted,         ///< exactly once, but a reader is only told: a hangup, SIGQUIT, SIGPIPE, a second signal
  exactly_once,
};

/// DESIGN's row of the exit handlers. After a signal's default action it depends on the signal: SIGINT and
/// SIGTERM ask a process to end; so does the crash that it brought upon itself, which skips what it promised.
HandlersAsked handlers_asked(const Evidence& evidence, const ProcessPath& process);

/// In the order in which a message names them.
enum class HandlerProblem : std::uint8_t {
  run_twice,
  run_elsewhere,   ///< not by its process, but by a child that inherited it
  not_to_its_end,  ///< it raised, or its process ended in the middle of it
  never_run,
};

/// "run twice", "run elsewhere", "not run to its end", "never run".
std::string_view problem_name(HandlerProblem problem);

/// What became of a handler of which more can be said than that it ran once.
struct HandlerFate {
  HandlerProblem problem = HandlerProblem::never_run;
  bool violation = false;  ///< false: a note
  std::string words;       ///< a clause without its subject: "was never run: app (0) ended by _exit (exit 3)"
};

/// Nothing: it ran as it should, or it is not asked to. A run by another process than the registrar counts when it
/// changed something; else it was guarded, and counts for nothing here.
std::optional<HandlerFate> fate_of(const Handler& handler, const Evidence& evidence);

/// Whether a run was made by another process than the one that registered the handler.
bool is_foreign(const HandlerRun& run, const Handler& handler);

/// "remove_temp_file (atexit at main.c:12)"; without a name "atexit handler at main.c:12".
std::string describe(const Handler& handler);

}  // namespace exitproof
