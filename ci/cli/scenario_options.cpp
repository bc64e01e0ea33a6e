#include "ci/cli/scenario_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "exitproof/plain_scenario.hpp"
#include "exitproof/scenario_settings.hpp"
#include "exitproof/worker_pool.hpp"

namespace exitproof::cli {
namespace {

using Takes = ScenarioSetting::Takes;

std::string option_name(const ScenarioSetting& setting) {
  return "--" + std::string(setting.name);
}

std::string readable_file(const std::string& path) {
  if (path.empty()) return path;
  if (::access(path.c_str(), R_OK) != 0) {
    throw UsageError(fmt::format("--stdin expects a file that can be read, and \"{}\" cannot", path));
  }
  return std::filesystem::absolute(path).string();
}

void apply(const ScenarioSetting& setting, Scenario& scenario, const std::vector<std::string>& words) {
  try {
    setting.apply(scenario, words);
  } catch (const ParseError& error) {
    throw malformed(option_name(setting), fmt::format("{}", fmt::join(words, " ")), error);
  }
}

}  // namespace

ScenarioOptions::ScenarioOptions() {
  for (const ScenarioSetting& setting : scenario_settings()) {
    const std::string name(setting.name);
    switch (setting.takes) {
      case Takes::text:
      case Takes::number:
        texts_[name] = setting.otherwise;
        break;
      case Takes::texts:
        lists_[name] = {};
        break;
      case Takes::flag:
        flags_[name] = false;
        break;
    }
  }
}

void ScenarioOptions::add_to(CLI::App& verb) {
  for (const ScenarioSetting& setting : scenario_settings()) {
    const std::string name(setting.name);
    const std::string help(setting.help);
    CLI::Option* option = nullptr;
    switch (setting.takes) {
      case Takes::text:
      case Takes::number:
        option = verb.add_option(option_name(setting), texts_.at(name), help);
        if (!setting.otherwise.empty()) option->default_str(std::string(setting.otherwise));
        break;
      case Takes::texts:
        option = verb.add_option(option_name(setting), lists_.at(name), help)->allow_extra_args(false);
        break;
      case Takes::flag:
        option = verb.add_flag(option_name(setting), flags_.at(name), help);
        break;
    }
    option->group(group);
    if (!setting.value.empty()) option->type_name(std::string(setting.value));
  }
}

Scenario ScenarioOptions::scenario(const std::vector<std::string>& command) const {
  Scenario scenario = plain_scenario(std::filesystem::current_path().string());
  scenario.command = command;
  for (const ScenarioSetting& setting : scenario_settings()) {
    switch (setting.takes) {
      case Takes::text:
      case Takes::number: {
        const std::string& text = texts_.find(setting.name)->second;
        if (!text.empty() || !setting.otherwise.empty()) apply(setting, scenario, {text});
        break;
      }
      case Takes::texts:
        // Each by itself, so that an error shows the one that is wrong.
        for (const std::string& text : lists_.find(setting.name)->second) apply(setting, scenario, {text});
        if (const auto& all = lists_.find(setting.name)->second; !all.empty()) apply(setting, scenario, all);
        break;
      case Takes::flag:
        if (flags_.find(setting.name)->second) apply(setting, scenario, {"true"});
        break;
    }
  }
  scenario.stdin_file = readable_file(scenario.stdin_file);
  if (const auto contradiction = settle_settings(scenario)) throw UsageError("--" + *contradiction);
  if (scenario.cpus > allowed_cpus()) {
    count_value("--cpus", std::to_string(scenario.cpus),
                {.least = 1, .most = allowed_cpus(), .why = "the CPUs that may be used"});
  }
  return scenario;
}

bool ScenarioOptions::leave_world_open() const {
  return texts_.find("world")->second == any_world;
}

}  // namespace exitproof::cli
