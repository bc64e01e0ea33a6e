#pragma once

#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// Removes what a trial created, by the paths that the world's `root` directory leads to. No process of the trial
/// may be left. False when something else than files was created, when anything was changed or deleted, or when
/// not all could be removed: then the world cannot serve another trial.
bool remove_created(int root, const std::vector<FileChange>& changes);

/// Gives the directories that were copied to an upper layer, because something was created in them, the times that
/// they have in the lower one. False when the upper layer holds anything else than such directories, so that the
/// world is not as new. Throws std::system_error.
bool restore_directories(int upper, int lower);

}  // namespace exitproof
