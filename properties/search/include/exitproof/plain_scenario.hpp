#pragma once

#include <string>

#include "exitproof/scenario.hpp"

namespace exitproof {

/// A scenario with the settings of `exitproof run` without options, and the environment of this process. It has no
/// command yet. The working directory is absolute.
Scenario plain_scenario(const std::string& working_directory);

}  // namespace exitproof
