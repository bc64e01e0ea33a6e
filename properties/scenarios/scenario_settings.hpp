#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/scenario.hpp"

namespace exitproof {

/// A scenario with the settings of `exitproof run` without options, and the environment of this process. It has no
/// command yet.
Scenario plain_scenario(const std::filesystem::path& working_directory);

/// Whether a manifest may set it: the options of `exitproof run` that say how a subject is started, driven and
/// stopped and what it promises, by their names.
bool is_scenario_setting(std::string_view name);

/// Sets it; several words only where the option may be repeated. Throws ParseError.
void apply_scenario_setting(Scenario& scenario, std::string_view name, const std::vector<std::string>& words);

}  // namespace exitproof
