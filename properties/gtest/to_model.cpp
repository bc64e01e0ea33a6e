#include "properties/gtest/to_model.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "exitproof/invariant.hpp"
#include "exitproof/parse_error.hpp"
#include "exitproof/plain_scenario.hpp"
#include "exitproof/regex.hpp"
#include "exitproof/scenario_settings.hpp"
#include "exitproof/seed.hpp"
#include "exitproof/worker_pool.hpp"
#include "properties/gtest/program.hpp"
#include "properties/gtest/subject_table.hpp"

// Of AddressSanitizer's, where this program is built with it.
extern "C" void __asan_init()
    __attribute__((weak));  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)

namespace exitproof::gtest {
namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

std::invalid_argument mistake(std::string_view member, std::string_view expected, std::string_view found) {
  return std::invalid_argument(fmt::format("Scenario.{} expects {}, and found \"{}\"", member, expected, found));
}

/// The result of reading a text of the scenario's, whose mistakes get the member's name.
template <typename Read>
auto read(std::string_view member, const std::string& text, Read how) {
  try {
    return how(text);
  } catch (const ParseError& error) {
    throw std::invalid_argument(fmt::format("Scenario.{} \"{}\", {}", member, text, error.what()));
  }
}

template <typename Value>
std::optional<Value> parsed(std::string_view member, const std::string& text) {
  if (text.empty()) return std::nullopt;
  return read(member, text, [](const std::string& one) { return Value::parse(one); });
}

std::pair<std::string, std::string> variable_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) throw mistake("environment", "NAME=VALUE", text);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// LeakSanitizer would trace a function subject at its end, and a process has one tracer only.
void turn_leak_check_off(Environment& environment) {
  constexpr const char* name = "ASAN_OPTIONS";
  const auto options = std::ranges::find_if(environment, [](const auto& variable) { return variable.first == name; });
  if (options != environment.end()) {
    options->second += ":detect_leaks=0";
  } else {
    environment.emplace_back(name, "detect_leaks=0");
  }
}

void add_environment(const Scenario& scenario, exitproof::Scenario& model) {
  for (const std::string& addition : scenario.environment) {
    auto [name, value] = variable_of(addition);
    set_variable(model, std::move(name), std::move(value));
  }
  if (!scenario.subject.name().empty() && __asan_init != nullptr) turn_leak_check_off(model.environment);
}

std::vector<std::string> command_of(const Scenario& scenario) {
  const std::string& name = scenario.subject.name();
  if (scenario.command.empty() == name.empty()) {
    throw std::invalid_argument("a Scenario has a command or a subject, and one of them only");
  }
  if (name.empty()) return scenario.command;
  if (find_subject(name) == nullptr) throw mistake("subject", "a name that only one subject of this program has", name);
  std::vector<std::string> command{program_file(), subject_word, name};
  command.insert(command.end(), scenario.arguments.begin(), scenario.arguments.end());
  return command;
}

std::string readable(const std::string& path) {
  if (path.empty()) return path;
  if (::access(path.c_str(), R_OK) != 0) throw mistake("stdin_file", "a file that can be read", path);
  return std::filesystem::absolute(path).string();
}

WorldKind world_of(const std::string& name) {
  if (name == "auto") return WorldKind::overlay;  // the best; see Session
  if (const auto kind = world_kind_of_name(name)) return *kind;
  throw mistake("world", "auto, overlay, private or none", name);
}

Contract contract_of(const Scenario& scenario) {
  for (const std::string& text : scenario.once) {
    read("once", text, [](const std::string& one) { return Regex(one); });
  }
  Contract contract;
  contract.grace = scenario.grace;
  contract.zombie = scenario.zombie;
  contract.outlives = scenario.outlives;
  contract.outputs = scenario.outputs;
  contract.allowed = scenario.allowed;
  contract.after_kill = scenario.after_kill;
  contract.validators = scenario.validators;
  contract.logs = scenario.logs;
  contract.once = scenario.once;
  contract.runtime_handlers = scenario.runtime_handlers;
  contract.restart = scenario.restart;
  return contract;
}

void check_own_names(const OwnInvariants& own) {
  std::set<std::string, std::less<>> names;
  for (const Invariant& invariant : all_invariants()) names.emplace(invariant.name);
  for (const auto& invariant : own) {
    if (!invariant) throw std::invalid_argument("Scenario.invariants holds a null pointer");
    if (invariant->name().empty() || !names.insert(invariant->name()).second) {
      throw mistake("invariants", "names that no other invariant has", invariant->name());
    }
  }
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Millis time_of(const Scenario& scenario) {
  const std::string wanted = variable("EXITPROOF_TIME");
  return wanted.empty() ? scenario.time : read("time (EXITPROOF_TIME)", wanted, parse_duration);
}

std::uint64_t seed_of(const Scenario& scenario) {
  if (scenario.seed) return *scenario.seed;
  const std::string wanted = variable("EXITPROOF_SEED");
  if (wanted.empty()) return fresh_seed();
  std::uint64_t seed = 0;
  const char* const end = wanted.data() + wanted.size();
  const auto [stop, error] = std::from_chars(wanted.data(), end, seed);
  if (error != std::errc{} || stop != end) throw mistake("seed (EXITPROOF_SEED)", "a whole number", wanted);
  return seed;
}

Explore explore_of(const std::string& name) {
  if (const auto explore = explore_named(name)) return *explore;
  throw mistake("explore", std::string(explore_names), name);
}

}  // namespace

exitproof::Scenario model_of(const Scenario& scenario) {
  check_own_names(scenario.invariants);
  if (scenario.cpus == 0 || scenario.cpus > allowed_cpus()) {
    throw mistake("cpus", fmt::format("a number from 1 to {}, the CPUs that may be used", allowed_cpus()),
                  std::to_string(scenario.cpus));
  }
  if (!scenario.agents && !scenario.inside.empty()) throw mistake("inside", "the agents", scenario.inside.front());
  exitproof::Scenario model = plain_scenario(
      scenario.directory.empty() ? std::filesystem::current_path() : std::filesystem::absolute(scenario.directory));
  model.command = command_of(scenario);
  add_environment(scenario, model);
  model.stdin_file = readable(scenario.stdin_file);
  model.tty = scenario.tty;
  model.ready = parsed<ReadyWhen>("ready", scenario.ready);
  model.drive = scenario.drive;
  model.stop = parsed<StopBy>("stop", scenario.stop);
  model.timeout = scenario.timeout;
  model.cpus = scenario.cpus;
  model.world = world_of(scenario.world);
  model.own_network = !scenario.host_network;
  model.agents = scenario.agents;
  model.inside = scenario.inside;
  model.contract = contract_of(scenario);
  settle_settings(model);
  return model;
}

SearchOptions search_of(const Scenario& scenario) {
  if (scenario.most_faults == 0) throw mistake("most_faults", "at least 1", "0");
  SearchOptions search;
  if (!scenario.faults.empty()) search.faults.kinds = read("faults", scenario.faults, parse_fault_kinds);
  search.exceptions_where_told = scenario.faults.empty();
  search.faults.target = read("target", scenario.target, Target::parse);
  search.explore = explore_of(scenario.explore);
  search.most_faults = scenario.most_faults;
  search.seeded = scenario.seeded_schedule;
  search.seed = seed_of(scenario);
  search.max_trials = scenario.trials;
  search.time = time_of(scenario);
  if (search.time <= Millis{0}) throw mistake("time", "more than no time", print_duration(search.time));
  search.second_plans = scenario.second;
  if (!scenario.faults.empty()) search.second_kinds = search.faults.kinds;
  search.in_another_second = await_next_second;
  search.own_invariants = scenario.invariants;
  return search;
}

}  // namespace exitproof::gtest
