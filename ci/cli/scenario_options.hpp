#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "exitproof/scenario.hpp"

namespace exitproof::cli {

/// The options that say how a subject is started, driven and stopped, and what it promises, as
/// texts: run, survey and replay have them in common. They are the table of scenario_settings().
class ScenarioOptions {
 public:
  static constexpr const char* group = "Scenario";

  /// What they are when none is given.
  ScenarioOptions();

  /// The object must outlive the parse.
  void add_to(CLI::App& verb);

  /// The scenario of a command in our working directory and environment. Throws UsageError.
  Scenario scenario(const std::vector<std::string>& command) const;

  /// Whether they leave the choice of the world to us.
  bool leave_world_open() const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::string, std::vector<std::string>, std::less<>> lists_;
  std::map<std::string, bool, std::less<>> flags_;
};

}  // namespace exitproof::cli
