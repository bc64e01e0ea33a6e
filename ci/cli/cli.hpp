#pragma once

#include <string>
#include <vector>

namespace exitproof::cli {

/// The whole command: `arguments` are argv, with the program's name first. Returns the exit status;
/// says on standard error why it is not 0 or 1. Dies by a signal that interrupted it.
int run(const std::vector<std::string>& arguments);

}  // namespace exitproof::cli
