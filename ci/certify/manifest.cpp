#include "ci/certify/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "ci/certify/whole_file.hpp"
#include "exitproof/pattern.hpp"
#include "exitproof/plain_scenario.hpp"
#include "exitproof/scenario_settings.hpp"
#include "properties/search/toml_reader.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;

/// Names become parts of file names and of other tools' reports.
bool is_plain_name(const std::string& name) {
  const auto is_plain = [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, is_plain);
}

Allowance read_allowance(TomlReader& table) {
  Allowance allowance;
  allowance.file = table.text_if("file").value_or("");
  allowance.invariant = table.text_if("invariant").value_or("");
  allowance.subject = table.text_if("subject").value_or("");
  allowance.command = table.text_if("command").value_or("");
  allowance.fault = table.text_if("fault").value_or("");
  if (allowance.file.empty() == allowance.invariant.empty()) {
    table.refuse(allowance.file.empty() ? "invariant" : "file",
                 "expected file = GLOB, or invariant = NAME with subject, command or fault where that is enough");
  }
  if (!allowance.invariant.empty()) {
    const auto known = all_invariants();
    if (std::ranges::find(known, allowance.invariant, &Invariant::name) == known.end()) {
      table.refuse("invariant", "the name of an invariant, as exitproof list invariants prints them",
                   '"' + allowance.invariant + '"');
    }
  }
  if (!allowance.fault.empty() && allowance.fault != fault_kind_name(FaultKind::none)) {
    table.parsed("fault", [](const std::string& text) { return parse_fault_kinds(text); });
  }
  allowance.reason = table.text("reason");
  return allowance;
}

std::vector<WaitStatus> read_ends(TomlReader& table) {
  std::vector<WaitStatus> ends;
  for (const std::string& word : table.texts("ends")) {
    try {
      ends.push_back(WaitStatus::parse(word));
    } catch (const ParseError& error) {
      table.refuse("ends", error.expected(), fmt::format("\"{}\"", word));
    }
  }
  if (ends.empty()) table.refuse("ends", "'exit N' or a signal's name", "nothing");
  return ends;
}

/// Reads what [common] and each [[scenario]] have in common.
void read_shared(TomlReader& table, ManifestScenario& scenario) {
  Scenario scratch;
  for (auto& [name, words] : table.settings(scratch, {"allow"})) scenario.said[name] = std::move(words);
  if (table.has("stdin")) scenario.stdin_place = table.place_of("stdin");
  table.tables("allow", [&](TomlReader& one) { scenario.allowances.push_back(read_allowance(one)); });
  if (table.has("level")) {
    scenario.level = table.parsed("level", [](const std::string& text) { return Level::parse(text); });
  }
  if (table.has("faults")) {
    const std::vector<std::string> words = table.texts("faults");
    try {
      scenario.faults = parse_fault_kinds(fmt::format("{}", fmt::join(words, ",")));
    } catch (const ParseError& error) {
      table.refuse("faults", error.expected(), error.found());
    }
    scenario.faults_by_default = false;
  }
  if (table.has("target")) {
    scenario.target = table.parsed("target", [](const std::string& text) { return Target::parse(text); });
  }
  if (const auto schedule = table.text_if("schedule")) {
    if (*schedule != "free" && *schedule != "seeded") {
      table.refuse("schedule", "free or seeded", fmt::format("\"{}\"", *schedule));
    }
    scenario.seeded = *schedule == "seeded";
  }
  if (table.has("time")) {
    scenario.time = table.parsed("time", [](const std::string& text) { return parse_duration(text); });
    if (scenario.time <= Millis{0})
      table.refuse("time", "a budget of more than no time", "\"" + table.text("time") + "\"");
  }
  if (const auto trials = table.number_if("trials", 1)) scenario.trials = *trials;
  if (table.has("ends")) scenario.ends = read_ends(table);
}

class ManifestReader {
 public:
  ManifestReader(const toml::table& document, ReleaseManifest& manifest)
      : document_(document, "the manifest"), manifest_(manifest) {}

  void read() {
    if (!document_.has("library")) document_.refuse("library", "expected [library], found none");
    document_.table_if("library", [&](TomlReader& table) { read_library(table); });
    manifest_.seed = document_.number_if("seed", 0).value_or(1);
    document_.table_if("common", [&](TomlReader& table) { read_shared(table, common_); });
    const std::size_t count = document_.tables("scenario", [&](TomlReader& table) { read_scenario(table); });
    document_.finish();
    if (count == 0) document_.refuse("scenario", "expected at least one [[scenario]], found none");
  }

 private:
  void read_library(TomlReader& table) {
    manifest_.library = table.text("name");
    manifest_.version = table.text("version");
    const std::string place = table.place_of("artefacts");
    for (std::string& glob : table.texts("artefacts")) manifest_.artefacts.push_back({std::move(glob), place});
    if (manifest_.artefacts.empty()) {
      table.refuse("artefacts", "expected artefacts, the files that the certificate is about, found none");
    }
  }

  void read_scenario(TomlReader& table) {
    ManifestScenario& one = manifest_.scenarios.emplace_back(common_);
    one.name = table.text("name");
    if (!is_plain_name(one.name)) {
      table.refuse("name", "letters, digits, '-', '_' and '.', not first", fmt::format("\"{}\"", one.name));
    }
    if (one.name.size() > longest_scenario_name) {
      table.refuse("name", fmt::format("at most {} letters", longest_scenario_name), std::to_string(one.name.size()));
    }
    if (!names_.insert(one.name).second) {
      table.refuse("name", "a name that no scenario before has", fmt::format("\"{}\"", one.name));
    }
    one.directory = {table.text_if("directory").value_or(""), table.place_of("directory")};
    const std::string place = table.place_of("files");
    for (std::string& glob : table.texts("files")) one.files.push_back({std::move(glob), place});
    read_command(table, one);
    read_shared(table, one);
    build(table, one);
  }

  static void read_command(TomlReader& table, ManifestScenario& one) {
    one.command_place = table.place_of(table.has("gtest") ? "gtest" : "command");
    one.scenario.command = table.texts("command");
    if (table.has("gtest")) one.gtest = table.text("gtest");
    const bool is_bare = !one.gtest.empty() && one.gtest.find('/') == std::string::npos;
    if (is_bare) one.gtest.insert(0, "./");  // a path, and no name to look up in PATH
    one.gtest_place = table.place_of("gtest");
    one.filter = table.text_if("filter").value_or("");
    const std::string tests = table.text_if("tests").value_or("each");
    if (tests != "each" && tests != "whole") table.refuse("tests", "each or whole", fmt::format("\"{}\"", tests));
    if (one.gtest.empty()) {
      for (const std::string_view key : {"filter", "tests"}) {
        if (table.has(key)) table.refuse(key, fmt::format("expected gtest = PATH beside {}, found none", key));
      }
      if (one.scenario.command.empty())
        table.refuse("command", "expected command = [WORD...] or gtest = PATH, found none");
      return;
    }
    if (!one.scenario.command.empty()) table.refuse("command", "expected either a command or gtest, found both");
    if (tests == "each") return;
    one.scenario.command = {one.gtest};
    if (!one.filter.empty()) one.scenario.command.push_back("--gtest_filter=" + one.filter);
    one.gtest.clear();
  }

  void build(const TomlReader& table, ManifestScenario& one) const {
    // A path that is joined with nothing, or ends with a slash, would be another than that of its files.
    fs::path directory = (manifest_.folder() / one.directory.text).lexically_normal();
    if (!directory.has_filename() && directory.has_relative_path()) directory = directory.parent_path();
    Scenario scenario = plain_scenario(directory.string());
    scenario.command = one.scenario.command;
    for (const Allowance& allowance : one.allowances) {
      if (!allowance.file.empty()) scenario.contract.allowed.push_back(allowance.file);
    }
    for (const auto& [name, words] : one.said) scenario_setting(name)->apply(scenario, words);
    if (!scenario.stdin_file.empty()) scenario.stdin_file = (manifest_.folder() / scenario.stdin_file).string();
    if (const auto contradiction = settle_settings(scenario)) table.refuse("inside", *contradiction);
    const auto world = one.said.find("world");
    one.world_is_open = world == one.said.end() || world->second.front() == any_world;
    one.scenario = std::move(scenario);
  }

  TomlReader document_;
  ReleaseManifest& manifest_;
  ManifestScenario common_;
  std::set<std::string> names_;
};

}  // namespace

bool Allowance::covers(const Finding& finding) const {
  const Violation& violation = finding.violation;
  if (invariant.empty() || violation.invariant != invariant) return false;
  const bool same_subject =
      subject.empty() || violation.subject == subject || file_glob_matches(subject, violation.subject);
  return same_subject && (command.empty() || violation.command == command) &&
         (fault.empty() || fault_kind_name(finding.kind) == fault);
}

std::vector<std::string> ManifestScenario::options() const {
  std::vector<std::string> words;
  for (const auto& [setting, values] : said) {
    const bool is_flag = scenario_setting(setting)->takes == ScenarioSetting::Takes::flag;
    if (is_flag && values.front() == "true") words.push_back("--" + setting);
    if (is_flag) continue;
    for (const std::string& value : values) words.insert(words.end(), {"--" + setting, value});
  }
  for (const std::string& glob : scenario.contract.allowed) words.insert(words.end(), {"--allow", glob});
  return words;
}

SearchOptions ManifestScenario::search(std::uint64_t seed) const {
  SearchOptions wanted;
  wanted.faults.kinds = faults;
  wanted.exceptions_where_told = faults_by_default;
  wanted.faults.target = target;
  wanted.seeded = seeded;
  wanted.time = time;
  wanted.max_trials = trials;
  wanted.seed = seed;
  if (!faults_by_default) wanted.second_kinds = faults;
  level.apply(wanted);
  return wanted;
}

std::filesystem::path ReleaseManifest::folder() const {
  return std::filesystem::absolute(path).parent_path();
}

ReleaseManifest parse_release_manifest(std::string text, const std::filesystem::path& path) {
  ReleaseManifest manifest;
  manifest.path = path;
  try {
    const toml::table document = parse_toml(text);
    ManifestReader(document, manifest).read();
  } catch (const TomlError& error) {
    throw ManifestError(fmt::format("{}:{}", path.string(), error.what()));
  }
  manifest.text = std::move(text);
  return manifest;
}

ReleaseManifest read_release_manifest(const std::filesystem::path& path) {
  std::optional<std::string> text = read_whole_file(path);
  if (!text) {
    throw ManifestError(
        fmt::format("{}: expected a manifest, found no file that can be read; exitproof init -- COMMAND... "
                    "writes a first one",
                    path.string()));
  }
  return parse_release_manifest(std::move(*text), path);
}

}  // namespace exitproof
