#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "ci/cli/verbs.hpp"

namespace exitproof::cli {

/// The command as CLI11 knows it, before any word of a command line.
struct Command {
  CLI::App app{"", "exitproof"};
  std::vector<Verb> verbs;  ///< each owned by `app`; one without a group is hidden
};

/// Declares all verbs, options and examples to an empty command.
void declare(Command& command);

}  // namespace exitproof::cli
