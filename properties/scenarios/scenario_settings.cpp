#include "properties/scenarios/scenario_settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

using Words = std::vector<std::string>;

struct Setting {
  std::string_view name;
  bool repeatable;
  void (*apply)(Scenario& scenario, const Words& words);
};

std::pair<std::string, std::string> validator_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw ParseError(1, "GLOB=COMMAND", '"' + text + '"');
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

constexpr std::array<Setting, 14> settings{{
    {"ready", false, [](Scenario& one, const Words& words) { one.ready = ReadyWhen::parse(words.front()); }},
    {"drive", false, [](Scenario& one, const Words& words) { one.drive = words.front(); }},
    {"stop", false, [](Scenario& one, const Words& words) { one.stop = StopBy::parse(words.front()); }},
    {"timeout", false, [](Scenario& one, const Words& words) { one.timeout = parse_duration(words.front()); }},
    {"inside", true, [](Scenario& one, const Words& words) { one.inside = words; }},
    {"grace", false, [](Scenario& one, const Words& words) { one.contract.grace = parse_duration(words.front()); }},
    {"zombie", false, [](Scenario& one, const Words& words) { one.contract.zombie = parse_duration(words.front()); }},
    {"restart", false, [](Scenario& one, const Words& words) { one.contract.restart = words.front(); }},
    {"output", true, [](Scenario& one, const Words& words) { one.contract.outputs = words; }},
    {"log", true, [](Scenario& one, const Words& words) { one.contract.logs = words; }},
    {"allow", true, [](Scenario& one, const Words& words) { one.contract.allowed = words; }},
    {"outlives", true, [](Scenario& one, const Words& words) { one.contract.outlives = words; }},
    {"once", true, [](Scenario& one, const Words& words) { one.contract.once = words; }},
    {"valid", true,
     [](Scenario& one, const Words& words) {
       for (const std::string& word : words) one.contract.validators.push_back(validator_of(word));
     }},
}};

const Setting* setting_named(std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found != settings.end() ? &*found : nullptr;
}

}  // namespace

Scenario plain_scenario(const std::filesystem::path& working_directory) {
  Scenario scenario;
  scenario.working_directory = working_directory.string();
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    scenario.environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  scenario.fresh_network = true;
  return scenario;
}

bool is_scenario_setting(std::string_view name) {
  return setting_named(name) != nullptr;
}

void apply_scenario_setting(Scenario& scenario, std::string_view name, const std::vector<std::string>& words) {
  const Setting* setting = setting_named(name);
  if (setting == nullptr) throw ParseError(1, "a scenario's setting", std::string(name));
  if (words.empty() || (words.size() > 1 && !setting->repeatable)) {
    throw ParseError(1, "one text", std::to_string(words.size()));
  }
  setting->apply(scenario, words);
}

}  // namespace exitproof
