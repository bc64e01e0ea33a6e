#pragma once

#include <span>
#include <string>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/trial_request.hpp"

namespace exitproof {

/// What the fault-free runs change or delete of the machine, and the directories in which they make something: it is
/// copied up before every later run, so that a copy looks alike in all of them (its inode, the size of a directory).
std::vector<std::string> to_be_copied_up(std::span<const Evidence> runs);

/// Whether more than one process makes files in some run.
bool several_make_files(std::span<const Evidence> runs);

/// Whether a fault may strike another process than the root. Where several make files, such a trial must trace
/// trespass_classes(), by which files are made: of what a struck process leaves less is asked than of what others do.
bool strikes_a_descendant(const FaultPlan& plan);

/// What every trial asks for, whatever its plan, by what the fault-free runs did: which files lie ready to be
/// changed, and when the next run is made. Without a baseline for it, a next run would show nothing.
TrialRequest trial_template(std::span<const Evidence> runs, const Baseline& baseline);

}  // namespace exitproof
