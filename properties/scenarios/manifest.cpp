#include "properties/scenarios/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "exitproof/parse_error.hpp"
#include "exitproof/plain_scenario.hpp"
#include "properties/search/toml_reader.hpp"

namespace exitproof {
namespace {

FaultKinds kinds(TomlReader& table, std::string_view key) {
  if (!table.has(key)) table.refuse(key, fmt::format("expected {}, found none", key));
  try {
    return parse_fault_kinds(fmt::format("{}", fmt::join(table.texts(key), ",")));
  } catch (const ParseError& error) {
    table.refuse(key, error.expected(), error.found());
  }
}

class ManifestReader {
 public:
  ManifestReader(const toml::table& document, const ManifestPlaces& places)
      : reader_(document, "a manifest"), places_(places) {}

  Manifest read() {
    manifest_.name = reader_.text("name");
    manifest_.faults = kinds(reader_, "faults");
    common_ = plain_scenario(places_.work_here);
    common_.command = command(reader_);
    reader_.settings(common_);
    read_references();
    reader_.tables("defect", [&](TomlReader& table) { read_defect(table); });
    reader_.tables("real", [&](TomlReader& table) { read_real(table); });
    reader_.finish();
    return std::move(manifest_);
  }

 private:
  std::vector<std::string> command(TomlReader& table) const {
    std::vector<std::string> words = table.texts("command");
    for (std::string& word : words) {
      if (const std::size_t at = word.find("{folder}"); at != std::string::npos) {
        word.replace(at, std::string_view("{folder}").size(), places_.folder.string());
      }
    }
    if (words.empty()) table.refuse("command", "expected a command, with a word at least");
    if (const auto built = places_.programs / words.front(); ::access(built.c_str(), X_OK) == 0) words.front() = built;
    return words;
  }

  void read_references() {
    std::vector<std::string> forms = reader_.texts("references");
    if (forms.empty()) manifest_.references.push_back({manifest_.name, common_});
    for (const std::string& form : forms) {
      Reference& reference = manifest_.references.emplace_back(Reference{form, common_});
      reference.scenario.command.push_back(form);
    }
  }

  void read_defect(TomlReader& table) {
    Defect& defect = manifest_.defects.emplace_back();
    defect.scenario = common_;
    defect.name = table.text("name");
    defect.scenario.command.push_back(defect.name);
    defect.mistake = table.text("mistake");
    defect.invariant = table.text("invariant");
    defect.plan = table.parsed("plan", [](const std::string& text) { return FaultPlan::parse(text); });
    defect.window = table.flag_if("window").value_or(false);
    defect.seconds = table.flag_if("seconds").value_or(false);
    table.tables("also", [&](TomlReader& also) {
      defect.also.push_back({.invariant = also.text("invariant"), .reason = also.text("reason")});
    });
    if (table.has("faults")) defect.faults = kinds(table, "faults");
    table.table_if("contract", [&](TomlReader& contract) { contract.settings(defect.scenario); });
  }

  void read_real(TomlReader& table) {
    RealProgram& real = manifest_.reals.emplace_back();
    real.scenario = plain_scenario(places_.work_here);
    real.name = table.text("name");
    real.scenario.command = command(table);
    table.settings(real.scenario);
    table.tables("facts", [&](TomlReader& fact) {
      real.facts.push_back({.plan = fact.parsed("plan", [](const std::string& text) { return FaultPlan::parse(text); }),
                            .invariant = fact.text("invariant"),
                            .found = fact.flag_if("found").value_or(true),
                            .since = fact.text_if("since").value_or(""),
                            .until = fact.text_if("until").value_or(""),
                            .reason = fact.text("reason")});
    });
  }

  TomlReader reader_;
  const ManifestPlaces& places_;
  Scenario common_;
  Manifest manifest_;
};

}  // namespace

Manifest parse_manifest(std::string_view text, const ManifestPlaces& places) {
  const toml::table document = parse_toml(text);
  return ManifestReader(document, places).read();
}

Manifest read_manifest(const ManifestPlaces& places) {
  const std::filesystem::path path = places.folder / "scenario.toml";
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) throw std::runtime_error(fmt::format("{} cannot be read", path.string()));
  try {
    return parse_manifest(text, places);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}:{}", path.string(), error.what()));
  }
}

std::vector<std::filesystem::path> scenario_folders(const std::filesystem::path& scenarios) {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(scenarios)) {
    if (std::filesystem::exists(entry.path() / "scenario.toml")) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  return folders;
}

}  // namespace exitproof
