#include "ci/cli/scenario_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "ci/cli/usage_error.hpp"
#include "ci/cli/values.hpp"
#include "exitproof/regex.hpp"
#include "harness/trial/tracer/agent_injection.hpp"

namespace exitproof::cli {
namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

void set_variable(Environment& environment, std::string name, std::string value) {
  const auto found = std::find_if(environment.begin(), environment.end(),
                                  [&](const auto& variable) { return variable.first == name; });
  if (found != environment.end()) {
    found->second = std::move(value);
  } else {
    environment.emplace_back(std::move(name), std::move(value));
  }
}

Environment own_environment() {
  Environment environment;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return environment;
}

Environment environment_with(const std::vector<std::string>& additions) {
  Environment environment = own_environment();
  for (const std::string& addition : additions) {
    const std::size_t equals = addition.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError(fmt::format("--env expects NAME=VALUE, and found \"{}\"", addition));
    }
    set_variable(environment, addition.substr(0, equals), addition.substr(equals + 1));
  }
  return environment;
}

std::pair<std::string, std::string> validator_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw UsageError(fmt::format("--valid expects GLOB=COMMAND, and found \"{}\"", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string readable_file(const std::string& path) {
  if (path.empty()) return path;
  if (::access(path.c_str(), R_OK) != 0) {
    throw UsageError(fmt::format("--stdin expects a file that can be read, and \"{}\" cannot", path));
  }
  return std::filesystem::absolute(path).string();
}

WorldKind world_of(const std::string& name) {
  if (name == ScenarioOptions::any_world) return WorldKind::overlay;  // the best; see settle_world()
  if (const auto kind = world_kind_of_name(name)) return *kind;
  throw UsageError(fmt::format("--world expects auto, overlay, private or none, and found \"{}\"", name));
}

bool own_network(const std::string& name) {
  if (name != "own" && name != "host")
    throw UsageError(fmt::format("--net expects own or host, and found \"{}\"", name));
  return name == "own";
}

bool agents_of(const std::string& name) {
  if (name != "on" && name != "off")
    throw UsageError(fmt::format("--agents expects on or off, and found \"{}\"", name));
  return name == "on";
}

std::vector<std::string> modules_of(const std::vector<std::string>& names, bool agents) {
  for (const std::string& name : names) {
    if (name.empty()) throw UsageError("--inside expects the name of a Python module, and found \"\"");
    if (!agents) throw UsageError(fmt::format("--inside {} needs the agents: leave out --agents off", name));
  }
  return names;
}

std::vector<std::string> expressions_of(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (text.empty()) throw UsageError("--once expects a regular expression, and found \"\"");
    try {
      const Regex tried(text);
    } catch (const ParseError& error) {
      throw malformed("--once", text, error);
    }
  }
  return texts;
}

AfterKill after_kill_of(const std::string& name) {
  if (const auto after_kill = after_kill_of_name(name)) return *after_kill;
  throw UsageError(fmt::format("--after-kill expects recover, forbid or allow, and found \"{}\"", name));
}

template <typename Value>
std::optional<Value> parsed(std::string_view option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  try {
    return Value::parse(text);
  } catch (const ParseError& error) {
    throw malformed(option, text, error);
  }
}

void one_value_each(CLI::Option* option) {
  option->allow_extra_args(false)->group(ScenarioOptions::group);
}

}  // namespace

void ScenarioOptions::add_to(CLI::App& verb) {
  const auto add = [&](const char* name, std::string& value, const char* type, const char* help) {
    CLI::Option* option = verb.add_option(name, value, help)->type_name(type)->group(group);
    if (!value.empty()) option->default_str(value);
  };
  const auto add_many = [&](const char* name, std::vector<std::string>& values, const char* type, const char* help) {
    one_value_each(verb.add_option(name, values, help)->type_name(type));
  };
  add("--cpus", cpus, "N", "CPUs that one trial may use");
  add("--grace", grace, "TIME", "how long descendants may outlive the root");
  add("--zombie", zombie, "TIME", "how long a child may stay unreaped; 0: until its parent ends");
  add("--timeout", timeout, "TIME", "the deadline for each wait of a trial");
  add("--ready", ready, "WHEN", "when it can be used: quiet, file:GLOB, out:REGEX, listen:PORT-or-PATH");
  add("--drive", drive, "COMMAND", "what uses it then; run by sh in its world");
  add("--stop", stop, "HOW", "how it is asked to end: a signal, ctrl-c, eof, or a command");
  add_many("--outlives", outlives, "NAME", "a command that may survive the root; repeatable");
  add_many("--output", outputs, "GLOB", "files that a run is there to make; repeatable");
  add_many("--allow", allowed, "GLOB", "files that may be left, or missing; repeatable");
  add("--after-kill", after_kill, "WHAT", "what is asked of the leftovers of a SIGKILL: recover, forbid, allow");
  add_many("--valid", validators, "GLOB=COMMAND",
           "outputs that vary are whole when sh runs the command with the file as $1 and it succeeds; repeatable");
  add_many("--log", logs, "GLOB", "outputs that are whole when they end at a line end; repeatable");
  add_many("--once", once, "REGEX", "a line of output that stands for an exit handler: exactly one; repeatable");
  verb.add_flag("--runtime-handlers", runtime_handlers,
                "ask for the exit handlers of language runtimes and of the system as well")
      ->group(group);
  verb.add_flag("--static-destructors", static_destructors,
                "ask for C++ destructors of static objects as well, which are not asked for without")
      ->group(group);
  add("--restart", restart, "COMMAND", "what is run in its world after a trial, by sh; the same command without");
  add_many("--env", environment, "NAME=VALUE", "a variable of its environment; repeatable");
  add("--stdin", stdin_file, "FILE", "its standard input; /dev/null without");
  verb.add_flag("--tty", tty, "give it the terminal as standard input, output and error")->group(group);
  add("--agents", agents, "on|off",
      "what tells of exit handlers and throws exceptions, put into it by its environment");
  add_many("--inside", inside, "MODULE", "a Python module whose lines and calls may raise; repeatable");
  add("--world", world, "KIND",
      "overlay: the machine copy-on-write; private: the machine itself, cleaned up; none: not cleaned; auto: what is "
      "possible");
  add("--net", net, "WHICH", "own: a network of its own; host: the machine's, with one worker");
}

Scenario ScenarioOptions::scenario(const std::vector<std::string>& command) const {
  Scenario scenario;
  scenario.command = command;
  scenario.working_directory = std::filesystem::current_path().string();
  scenario.environment = environment_with(environment);
  scenario.stdin_file = readable_file(stdin_file);
  scenario.tty = tty;
  scenario.ready = parsed<ReadyWhen>("--ready", ready);
  scenario.drive = drive;
  scenario.stop = parsed<StopBy>("--stop", stop);
  scenario.timeout = time_value("--timeout", timeout);
  scenario.cpus = count_value("--cpus", cpus, {.least = 1, .most = allowed_cpus(), .why = "the CPUs that may be used"});
  scenario.world = world_of(world);
  scenario.own_network = own_network(net) && scenario.world == WorldKind::overlay;
  scenario.fresh_network = scenario.own_network;  // an address or a TIME_WAIT must not reach the next trial
  scenario.contract.grace = duration_value("--grace", grace);
  scenario.contract.zombie = duration_value("--zombie", zombie);
  scenario.contract.outlives = outlives;
  scenario.contract.outputs = outputs;
  scenario.contract.allowed = allowed;
  scenario.contract.after_kill = after_kill_of(after_kill);
  for (const std::string& text : validators) scenario.contract.validators.push_back(validator_of(text));
  scenario.contract.logs = logs;
  scenario.contract.once = expressions_of(once);
  scenario.contract.runtime_handlers = runtime_handlers;
  scenario.contract.restart = restart;
  scenario.agents = agents_of(agents);
  scenario.inside = modules_of(inside, scenario.agents);
  if (static_destructors && !scenario.agents) {
    throw UsageError("--static-destructors needs the agents: leave out --agents off");
  }
  if (static_destructors) scenario.environment.emplace_back(statics_variable, "1");
  return scenario;
}

}  // namespace exitproof::cli
