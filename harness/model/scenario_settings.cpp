#include "exitproof/scenario_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "exitproof/parse_error.hpp"
#include "exitproof/regex.hpp"

namespace exitproof {
namespace {

using Words = std::vector<std::string>;
using Takes = ScenarioSetting::Takes;

[[noreturn]] void refuse(std::string expected, const std::string& found) {
  throw ParseError(1, std::move(expected), '"' + found + '"');
}

/// Both sides of the first '='; neither is empty, but for a variable's value.
std::pair<std::string, std::string> sides_of(const std::string& text, const char* expected, bool may_be_empty) {
  const std::size_t equals = text.find('=');
  const bool nothing_follows = !may_be_empty && equals + 1 == text.size();
  if (equals == std::string::npos || equals == 0 || nothing_follows) refuse(expected, text);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

bool one_of_two(const std::string& text, std::string_view yes, std::string_view no) {
  if (text != yes && text != no) refuse(fmt::format("{} or {}", yes, no), text);
  return text == yes;
}

Millis more_than_nothing(const std::string& text) {
  const Millis time = parse_duration(text);
  if (time <= Millis{0}) refuse("more than no time", text);
  return time;
}

unsigned at_least_one(const std::string& text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number == 0) refuse("a whole number from 1", text);
  return number;
}

WorldKind world_of(const std::string& text) {
  if (text == any_world) return WorldKind::overlay;  // the best
  if (const auto kind = world_kind_of_name(text)) return *kind;
  refuse("auto, overlay, private or none", text);
}

TimeMode time_mode_of(const std::string& text) {
  if (const auto mode = time_mode_of_name(text)) return *mode;
  refuse("real or virtual", text);
}

AfterKill after_kill_of(const std::string& text) {
  if (const auto after_kill = after_kill_of_name(text)) return *after_kill;
  refuse("recover, forbid or allow", text);
}

Words expressions_of(const Words& words) {
  for (const std::string& word : words) {
    if (word.empty()) refuse("a regular expression", word);
    const Regex tried(word);
  }
  return words;
}

Words modules_of(const Words& words) {
  for (const std::string& word : words) {
    if (word.empty()) refuse("the name of a Python module", word);
  }
  return words;
}

constexpr auto settings = std::to_array<ScenarioSetting>({
    {"cpus", Takes::number, "1", "N", "CPUs that one trial may use",
     [](Scenario& one, const Words& words) { one.cpus = at_least_one(words.front()); }},
    {"grace", Takes::text, "2s", "TIME", "how long descendants may outlive the root",
     [](Scenario& one, const Words& words) { one.contract.grace = parse_duration(words.front()); }},
    {"zombie", Takes::text, "300ms", "TIME", "how long a child may stay unreaped; 0: until its parent ends",
     [](Scenario& one, const Words& words) { one.contract.zombie = parse_duration(words.front()); }},
    {"timeout", Takes::text, "30s", "TIME",
     "the deadline for each wait of a trial; a fault-free run that did not end by then is cut",
     [](Scenario& one, const Words& words) { one.timeout = more_than_nothing(words.front()); }},
    {"ready", Takes::text, "", "quiet|file:GLOB|out:REGEX|listen:PORT-or-PATH", "when it can be used",
     [](Scenario& one, const Words& words) { one.ready = ReadyWhen::parse(words.front()); }},
    {"drive", Takes::text, "", "COMMAND", "what uses it then; run by sh in its world",
     [](Scenario& one, const Words& words) { one.drive = words.front(); }},
    {"stop", Takes::text, "", "SIGNAL|ctrl-c|eof|COMMAND", "how it is asked to end",
     [](Scenario& one, const Words& words) { one.stop = StopBy::parse(words.front()); }},
    {"outlives", Takes::texts, "", "NAME", "a command that may survive the root; repeatable",
     [](Scenario& one, const Words& words) { one.contract.outlives = words; }},
    {"output", Takes::texts, "", "GLOB", "files that a run is there to make; repeatable",
     [](Scenario& one, const Words& words) { one.contract.outputs = words; }},
    {"allow", Takes::texts, "", "GLOB", "files that may be left, or missing; repeatable",
     [](Scenario& one, const Words& words) { one.contract.allowed = words; }},
    {"after-kill", Takes::text, "recover", "recover|forbid|allow", "what is asked of the leftovers of a SIGKILL",
     [](Scenario& one, const Words& words) { one.contract.after_kill = after_kill_of(words.front()); }},
    {"valid", Takes::texts, "", "GLOB=COMMAND",
     "outputs that vary are whole when sh runs the command with the file as $1 and it succeeds; repeatable",
     [](Scenario& one, const Words& words) {
       one.contract.validators.clear();
       for (const std::string& word : words) one.contract.validators.push_back(sides_of(word, "GLOB=COMMAND", false));
     }},
    {"log", Takes::texts, "", "GLOB", "outputs that are whole when they end at a line end; repeatable",
     [](Scenario& one, const Words& words) { one.contract.logs = words; }},
    {"once", Takes::texts, "", "REGEX", "a line of output that stands for an exit handler: exactly one; repeatable",
     [](Scenario& one, const Words& words) { one.contract.once = expressions_of(words); }},
    {"runtime-handlers", Takes::flag, "", "",
     "ask for the exit handlers of language runtimes and of the system as well",
     [](Scenario& one, const Words& words) {
       one.contract.runtime_handlers = one_of_two(words.front(), "true", "false");
     }},
    {"static-destructors", Takes::flag, "", "",
     "ask for C++ destructors of static objects as well, which are not asked for without",
     [](Scenario& one, const Words& words) {
       if (one_of_two(words.front(), "true", "false")) set_variable(one, statics_variable, "1");
     }},
    {"restart", Takes::text, "", "COMMAND", "what is run in its world after a trial, by sh; the same command without",
     [](Scenario& one, const Words& words) { one.contract.restart = words.front(); }},
    {"env", Takes::texts, "", "NAME=VALUE", "a variable of its environment; repeatable",
     [](Scenario& one, const Words& words) {
       for (const std::string& word : words) {
         auto [name, value] = sides_of(word, "NAME=VALUE", true);
         set_variable(one, std::move(name), std::move(value));
       }
     }},
    {"stdin", Takes::text, "", "FILE", "its standard input; /dev/null without",
     [](Scenario& one, const Words& words) { one.stdin_file = words.front(); }},
    {"tty", Takes::flag, "", "", "give it the terminal as standard input, output and error",
     [](Scenario& one, const Words& words) { one.tty = one_of_two(words.front(), "true", "false"); }},
    {"agents", Takes::text, "on", "on|off",
     "what tells of exit handlers and throws exceptions, put into it by its environment",
     [](Scenario& one, const Words& words) { one.agents = one_of_two(words.front(), "on", "off"); }},
    {"inside", Takes::texts, "", "MODULE", "a Python module whose lines and calls may raise; repeatable",
     [](Scenario& one, const Words& words) { one.inside = modules_of(words); }},
    {"world", Takes::text, any_world, "auto|overlay|private|none",
     "overlay: the machine copy-on-write; private: the machine itself, cleaned up; none: not cleaned; auto: what is "
     "possible",
     [](Scenario& one, const Words& words) { one.world = world_of(words.front()); }},
    {"time-mode", Takes::text, "real", "real|virtual",
     "virtual: what only waits for a clock is not waited for, and its clocks show the time that was skipped",
     [](Scenario& one, const Words& words) { one.time_mode = time_mode_of(words.front()); }},
    {"snapshot", Takes::text, "off", "auto|off",
     "auto: trials begin as copies of a process that was stopped late in its start-up, where that shows the same and "
     "saves time",
     [](Scenario& one, const Words& words) { one.snapshots = one_of_two(words.front(), "auto", "off"); }},
    {"net", Takes::text, "own", "own|host", "own: a network of its own; host: the machine's, with one worker",
     [](Scenario& one, const Words& words) { one.own_network = one_of_two(words.front(), "own", "host"); }},
});

}  // namespace

std::span<const ScenarioSetting> scenario_settings() {
  return settings;
}

const ScenarioSetting* scenario_setting(std::string_view name) {
  const auto found = std::ranges::find(settings, name, &ScenarioSetting::name);
  return found != settings.end() ? &*found : nullptr;
}

std::optional<std::string> settle_settings(Scenario& scenario) {
  scenario.own_network = scenario.own_network && scenario.world == WorldKind::overlay;
  scenario.fresh_network = scenario.own_network;  // an address or a TIME_WAIT must not reach the next trial
  if (scenario.agents) return std::nullopt;
  const auto& environment = scenario.environment;
  if (std::ranges::find(environment, std::pair<std::string, std::string>(statics_variable, "1")) != environment.end()) {
    return "static-destructors needs the agents: leave out agents off";
  }
  if (scenario.inside.empty()) return std::nullopt;
  return fmt::format("inside {} needs the agents: leave out agents off", scenario.inside.front());
}

void set_variable(Scenario& scenario, std::string name, std::string value) {
  auto& environment = scenario.environment;
  const auto found = std::ranges::find(environment, name, &std::pair<std::string, std::string>::first);
  if (found != environment.end()) {
    found->second = std::move(value);
  } else {
    environment.emplace_back(std::move(name), std::move(value));
  }
}

}  // namespace exitproof
