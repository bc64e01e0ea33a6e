#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"

namespace exitproof {

/// What a process can be asked for when it ends.
enum class Duty : std::uint8_t {
  children_reaped,    ///< it reaps its children before it ends
  descendants_gone,   ///< its descendants are gone within the grace
  nothing_left,       ///< it leaves no file that is not an output
  bounded_end,        ///< once asked to end, it ends
  terminal_restored,  ///< the terminal is as it was
  outputs_whole,      ///< its outputs are whole or absent
  honest_status,      ///< it exits with 0 only if every output is whole
  own_files_only,     ///< it removes, replaces and cuts no file that is not its own
  handlers_once,      ///< its exit handlers run exactly once, to their end, in it
  next_run_works,     ///< it can be run again
};

inline constexpr std::size_t duty_count = 10;
inline constexpr std::size_t manner_count = 5;

enum class Asked : std::uint8_t {
  no,
  yes,
  or_reclaimed,  ///< yes, or the next run makes it good
  at_most_once,  ///< not that it happens, only that it does not happen twice
};

/// What is asked of a process that came to its end in this manner. The root, when another process
/// was struck or the fault was not lethal, is asked as after Manner::normal.
Asked asked(Duty duty, Manner manner);

/// How the process came to its end: by the faults that struck it, else by its own wait status. A
/// handler that ends the process by raising the signal again still is a caught signal.
Manner manner_of(const Evidence& evidence, const ProcessPath& process);

/// The manner of the process that answers for `process` still being there: its nearest ancestor
/// that a fault ended, else the root.
Manner manner_of_maker(const Evidence& evidence, const ProcessPath& process);

/// Whether fired faults were done to other processes only, and none to the root.
bool only_others_struck(const Evidence& evidence);

/// The processes that a fault sent SIGKILL to.
std::vector<ProcessPath> struck_by_sigkill(const Evidence& evidence);

/// Whether a fired fault was done to this process.
bool was_struck(const Evidence& evidence, const ProcessPath& process);

/// Whether a fired fault changed what every process meets from there on: a full disk, a call that fails for all, a
/// stdout that nobody reads. At whose call it came is chance.
bool machine_was_struck(const Evidence& evidence);

/// Whether a fault ended this process, by SIGKILL or by a signal's default action.
bool struck_down(const Evidence& evidence, const ProcessPath& process);

/// Whether the process was ended by a signal of the plan that came after another one which it had caught, or
/// after the stop: somebody was impatient with its way to the end.
bool struck_while_ending(const Evidence& evidence, const ProcessPath& process);

/// Whether a fired fault of this action is among the trial's.
bool fired(const Evidence& evidence, Action action);

/// A part of a trial's time.
struct Span {
  Micros from{0};
  Micros to = Micros::max();
};

/// For how much of that time pauses of the plan held threads of the process; Micros::max() when one without a duration
/// did, and how long is not on record.
Micros held_by_plan(const Evidence& evidence, const ProcessPath& process, const Span& during = {});

/// Whether a pause of the plan may have held the process beyond the root's end.
bool held_beyond_root(const Evidence& evidence, const ProcessPath& process);

/// Whether the root itself was asked to end: by the stop, or by a signal that reached it.
bool root_was_asked_to_end(const Evidence& evidence);

/// Why nothing can be said of what the subject leaves: its end, or that of the fault-free runs, is not known.
std::optional<std::string> why_no_comparison(const Evidence& evidence, const Baseline& baseline);

/// Why the end of the subject cannot be judged: it was cut, or it did not end. Nothing: it ended.
std::optional<std::string> why_no_end(const Evidence& evidence);

}  // namespace exitproof
