#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/scenario.hpp"

namespace exitproof {

/// One thing that a person may say of how a subject is started, driven and stopped, and what it promises: an option of
/// `exitproof run` and a key of its manifests, which are made of the same table.
struct ScenarioSetting {
  enum class Takes : std::uint8_t {
    text,    ///< one text
    texts,   ///< one or several: the option may be repeated
    number,  ///< a whole number, as its text
    flag,    ///< "true" or "false"; the option has no value
  };
  std::string_view name;  ///< "ready"; the option is --ready
  Takes takes = Takes::text;
  std::string_view otherwise;  ///< what it is when nobody says it; empty: nothing
  std::string_view value;      ///< what stands for its value in a help: "WHEN"
  std::string_view help;
  /// Sets it; `words` is one word, or several where it takes texts. Throws ParseError. Whether a file can be read and
  /// whether the machine has so many CPUs is for the caller to ask.
  void (*apply)(Scenario& scenario, const std::vector<std::string>& words);
};

/// Every setting, in the order of helps.
std::span<const ScenarioSetting> scenario_settings();

/// Nothing for an unknown name.
const ScenarioSetting* scenario_setting(std::string_view name);

/// The world that `--world` names when it leaves the choice open.
inline constexpr std::string_view any_world = "auto";

/// To be called when all that is said is applied: settles what follows from several settings together, such as that
/// only a copied world has a network of its own. Answers what contradicts itself, "inside m needs the agents".
std::optional<std::string> settle_settings(Scenario& scenario);

/// Adds a variable, or changes it when it is there.
void set_variable(Scenario& scenario, std::string name, std::string value);

}  // namespace exitproof
