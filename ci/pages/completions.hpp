#pragma once

#include <string>

#include "ci/pages/pages.hpp"

namespace exitproof::pages {

/// Completions of the exitproof command: verbs, options, the values of those that have few, fault kinds, plans up to the
/// number of a call; behind `--` the subject's command is completed as any. Each is a script that needs nothing but its
/// shell.
std::string bash_completion(const CommandPages& pages);
/// For a folder of `fpath`, named _exitproof.
std::string zsh_completion(const CommandPages& pages);
/// Named exitproof.fish.
std::string fish_completion(const CommandPages& pages);

}  // namespace exitproof::pages
