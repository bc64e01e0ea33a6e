#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "exitproof/scenario.hpp"

namespace exitproof::cli {

/// The options that say how a subject is started, driven and stopped, and what it promises, as
/// texts: run, survey and replay have them in common.
struct ScenarioOptions {
  static constexpr const char* group = "Scenario";
  static constexpr const char* any_world = "auto";

  std::string cpus = "1";
  std::string grace = "2s";
  std::string zombie = "300ms";
  std::string timeout = "30s";
  std::string ready;
  std::string drive;
  std::string stop;
  std::vector<std::string> outlives;
  std::vector<std::string> outputs;
  std::vector<std::string> allowed;
  std::string after_kill = "recover";
  std::vector<std::string> validators;  ///< GLOB=COMMAND
  std::vector<std::string> logs;
  std::vector<std::string> once;  ///< regular expressions
  bool runtime_handlers = false;
  bool static_destructors = false;
  std::string restart;
  std::string agents = "on";
  std::vector<std::string> inside;  ///< Python modules
  std::vector<std::string> environment;
  std::string stdin_file;
  bool tty = false;
  std::string world = any_world;
  std::string net = "own";

  /// The object must outlive the parse.
  void add_to(CLI::App& verb);

  /// The scenario of a command in our working directory and environment. Throws UsageError.
  Scenario scenario(const std::vector<std::string>& command) const;
};

}  // namespace exitproof::cli
