#include "properties/gtest/to_model.hpp"

namespace exitproof::gtest {
namespace {

class Words {
 public:
  void option(const char* name, const std::string& value, const std::string& usual = {}) {
    if (value == usual) return;
    words_.emplace_back(name);
    words_.push_back(value);
  }
  void options(const char* name, const std::vector<std::string>& values) {
    for (const std::string& value : values) option(name, value);
  }
  void flag(const char* name, bool given) {
    if (given) words_.emplace_back(name);
  }
  std::vector<std::string> take() { return std::move(words_); }

 private:
  std::vector<std::string> words_;
};

}  // namespace

bool has_command_line(const Scenario& scenario) {
  return scenario.subject.name().empty() && scenario.invariants.empty() && scenario.directory.empty();
}

std::vector<std::string> option_words(const Scenario& scenario) {
  static const Scenario usual;
  Words words;
  const auto time = [&](const char* name, Millis value, Millis usually) {
    words.option(name, print_duration(value), print_duration(usually));
  };
  words.option("--cpus", std::to_string(scenario.cpus), std::to_string(usual.cpus));
  time("--grace", scenario.grace, usual.grace);
  time("--zombie", scenario.zombie, usual.zombie);
  time("--timeout", scenario.timeout, usual.timeout);
  words.option("--ready", scenario.ready);
  words.option("--drive", scenario.drive);
  words.option("--stop", scenario.stop);
  words.options("--outlives", scenario.outlives);
  words.options("--output", scenario.outputs);
  words.options("--allow", scenario.allowed);
  words.option("--after-kill", std::string(after_kill_name(scenario.after_kill)),
               std::string(after_kill_name(usual.after_kill)));
  for (const auto& [glob, command] : scenario.validators) words.option("--valid", glob + '=' + command);
  words.options("--log", scenario.logs);
  words.options("--once", scenario.once);
  words.flag("--runtime-handlers", scenario.runtime_handlers);
  words.option("--restart", scenario.restart);
  words.options("--env", scenario.environment);
  words.option("--stdin", scenario.stdin_file);
  words.flag("--tty", scenario.tty);
  words.option("--agents", scenario.agents ? "on" : "off", "on");
  words.options("--inside", scenario.inside);
  words.option("--world", scenario.world, usual.world);
  words.option("--net", scenario.host_network ? "host" : "own", "own");
  return words.take();
}

}  // namespace exitproof::gtest
