#include "exitproof/plain_scenario.hpp"

#include <unistd.h>

#include <string_view>

#include "exitproof/scenario_settings.hpp"

namespace exitproof {

Scenario plain_scenario(const std::string& working_directory) {
  Scenario scenario;
  scenario.working_directory = working_directory;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    scenario.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  settle_settings(scenario);
  return scenario;
}

}  // namespace exitproof
