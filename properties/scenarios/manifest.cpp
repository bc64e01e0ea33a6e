#include "properties/scenarios/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "exitproof/parse_error.hpp"
#include "properties/scenarios/scenario_settings.hpp"

namespace exitproof {
namespace {

/// Reads one table, and says what it did not expect in it.
class TableReader {
 public:
  explicit TableReader(const toml::table& table) : table_(table) {}

  std::string text(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) refuse(table_, fmt::format("{} is expected", key));
    return text_of(*node, key);
  }

  bool has(std::string_view key) const { return table_.contains(key); }

  std::string text_or_nothing(std::string_view key) {
    const toml::node* node = take(key);
    return node != nullptr ? text_of(*node, key) : std::string();
  }

  bool flag(std::string_view key, bool otherwise) {
    const toml::node* node = take(key);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) refuse(*node, fmt::format("{} is expected to be true or false", key));
    return node->as_boolean()->get();
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> all;
    if (const toml::array* list = array(key)) {
      for (const toml::node& one : *list) all.push_back(text_of(one, key));
    }
    return all;
  }

  /// Each table of an array of tables.
  template <typename Read>
  void tables(std::string_view key, Read read) {
    const toml::array* list = array(key);
    if (list == nullptr) return;
    for (const toml::node& one : *list) {
      if (!one.is_table()) refuse(one, fmt::format("a table is expected in {}", key));
      TableReader reader(*one.as_table());
      read(reader);
      reader.finish();
    }
  }

  template <typename Parse>
  auto parsed(std::string_view key, Parse parse) {
    const std::string word = text(key);
    try {
      return parse(word);
    } catch (const ParseError& error) {
      refuse(*table_.get(key), fmt::format("{} \"{}\", {}", key, word, error.what()));
    }
  }

  FaultKinds kinds(std::string_view key) {
    if (take(key) == nullptr) refuse(table_, fmt::format("{} is expected", key));
    try {
      return parse_fault_kinds(fmt::format("{}", fmt::join(texts(key), ",")));
    } catch (const ParseError& error) {
      refuse(*table_.get(key), fmt::format("{}, {}", key, error.what()));
    }
  }

  /// Takes what is a setting of a scenario.
  void settings(Scenario& scenario) {
    for (const auto& [key, value] : table_) {
      if (!is_scenario_setting(key.str())) continue;
      known_.insert(std::string(key.str()));
      try {
        apply_scenario_setting(scenario, key.str(), value.is_array() ? texts(key.str()) : one_text(key.str(), value));
      } catch (const ParseError& error) {
        refuse(value, fmt::format("{}, {}", key.str(), error.what()));
      }
    }
  }

  void settings_in(std::string_view key, Scenario& scenario) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    if (!node->is_table()) refuse(*node, fmt::format("{} is expected to be a table", key));
    TableReader inner(*node->as_table());
    inner.settings(scenario);
    inner.finish();
  }

  void finish() const {
    for (const auto& [key, value] : table_) {
      if (!known_.contains(std::string(key.str()))) refuse(value, fmt::format("nobody knows {} here", key.str()));
    }
  }

 private:
  [[noreturn]] static void refuse(const toml::node& node, const std::string& what) {
    throw std::runtime_error(fmt::format("line {}: {}", node.source().begin.line, what));
  }

  static std::string text_of(const toml::node& node, std::string_view key) {
    if (!node.is_string()) refuse(node, fmt::format("{} is expected to be a text in quotes", key));
    return node.as_string()->get();
  }

  static std::vector<std::string> one_text(std::string_view key, const toml::node& node) {
    return {text_of(node, key)};
  }

  const toml::node* take(std::string_view key) {
    known_.insert(std::string(key));
    return table_.get(key);
  }

  const toml::array* array(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) return nullptr;
    if (!node->is_array()) refuse(*node, fmt::format("{} is expected to be a list", key));
    return node->as_array();
  }

  const toml::table& table_;
  std::set<std::string> known_;
};

class ManifestReader {
 public:
  ManifestReader(const toml::table& document, const ManifestPlaces& places) : reader_(document), places_(places) {}

  Manifest read() {
    manifest_.name = reader_.text("name");
    manifest_.faults = reader_.kinds("faults");
    common_ = plain_scenario(places_.work_here);
    common_.command = command(reader_);
    reader_.settings(common_);
    read_references();
    reader_.tables("defect", [&](TableReader& table) { read_defect(table); });
    reader_.tables("real", [&](TableReader& table) { read_real(table); });
    reader_.finish();
    return std::move(manifest_);
  }

 private:
  std::vector<std::string> command(TableReader& table) const {
    std::vector<std::string> words = table.texts("command");
    for (std::string& word : words) {
      if (const std::size_t at = word.find("{folder}"); at != std::string::npos) {
        word.replace(at, std::string_view("{folder}").size(), places_.folder.string());
      }
    }
    if (words.empty()) throw std::runtime_error("a command is expected, with a word at least");
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

  void read_defect(TableReader& table) {
    Defect& defect = manifest_.defects.emplace_back();
    defect.scenario = common_;
    defect.name = table.text("name");
    defect.scenario.command.push_back(defect.name);
    defect.mistake = table.text("mistake");
    defect.invariant = table.text("invariant");
    defect.plan = table.parsed("plan", [](const std::string& text) { return FaultPlan::parse(text); });
    defect.window = table.flag("window", false);
    defect.seconds = table.flag("seconds", false);
    table.tables("also", [&](TableReader& also) {
      defect.also.push_back({.invariant = also.text("invariant"), .reason = also.text("reason")});
    });
    if (table.has("faults")) defect.faults = table.kinds("faults");
    table.settings_in("contract", defect.scenario);
  }

  void read_real(TableReader& table) {
    RealProgram& real = manifest_.reals.emplace_back();
    real.scenario = plain_scenario(places_.work_here);
    real.name = table.text("name");
    real.scenario.command = command(table);
    table.settings(real.scenario);
    table.tables("facts", [&](TableReader& fact) {
      real.facts.push_back({.plan = fact.parsed("plan", [](const std::string& text) { return FaultPlan::parse(text); }),
                            .invariant = fact.text("invariant"),
                            .found = fact.flag("found", true),
                            .since = fact.text_or_nothing("since"),
                            .until = fact.text_or_nothing("until"),
                            .reason = fact.text("reason")});
    });
  }

  TableReader reader_;
  const ManifestPlaces& places_;
  Scenario common_;
  Manifest manifest_;
};

}  // namespace

Manifest parse_manifest(std::string_view text, const ManifestPlaces& places) {
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw std::runtime_error(fmt::format("line {}: {}", error.source().begin.line, error.description()));
  }
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
    throw std::runtime_error(fmt::format("{}, {}", path.string(), error.what()));
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
