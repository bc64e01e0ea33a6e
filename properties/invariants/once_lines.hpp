#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/violation.hpp"

namespace exitproof {

/// Contract::once: lines of stdout and stderr that stand for exit handlers which no agent knows. A line is looked at
/// without its end.

/// How many lines match: of all the output where they were counted (Evidence::once_lines), else of what was kept of it.
/// Throws ParseError.
std::size_t count_lines(const Evidence& evidence, const std::string& regex);

/// Of the expressions those that a line of some run matches; a malformed one matches nothing.
std::vector<std::string> once_seen(std::span<const Evidence> runs, const Contract& contract);

/// For Baseline::sites_when_ready: by default the first quiet moment and what follows it, with another
/// ReadyWhen what comes after it came true.
std::vector<std::string> sites_when_ready(std::span<const Evidence> runs, const Scenario& scenario);

/// Judges every expression as an exit handler of the root: what became of other processes excuses nothing. The kernel does not see when such a handler is
/// registered: a line that is missing is a violation only when the plan struck a subject that could be used already,
/// or when the subject came to its usual end all the same; else it is a note.
void judge_once_lines(const Evidence& evidence, const Contract& contract, const Baseline& baseline, Opinion& result);

}  // namespace exitproof
