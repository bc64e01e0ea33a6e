#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "ci/certify/manifest.hpp"
#include "ci/certify/whole_file.hpp"
#include "exitproof/scenario_settings.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::json;
using Keys = std::set<std::string>;

const Json& schema() {
  static const Json document =
      Json::parse(read_whole_file(std::filesystem::path(__FILE__).parent_path() / "exitproof.schema.json").value());
  return document;
}

Keys keys_of(const Json& object) {
  Keys keys;
  for (const auto& [key, value] : object.at("properties").items()) keys.insert(key);
  return keys;
}

/// What the reader says that the table with an unknown key may have.
Keys keys_that_are_read(const std::string& manifest) {
  try {
    parse_release_manifest(manifest, "m.toml");
  } catch (const ManifestError& error) {
    std::smatch list;
    const std::string what = error.what();
    if (!std::regex_search(what, list, std::regex("has no key xxxxxxxxxxxx, but (.*)$"))) return {what};
    Keys keys;
    const std::regex word("[^, ]+");
    const std::string names = list[1];
    for (std::sregex_iterator one(names.begin(), names.end(), word), end; one != end; ++one) keys.insert(one->str());
    return keys;
  }
  return {"nothing was refused"};
}

constexpr const char* unknown = "xxxxxxxxxxxx = 1\n";
constexpr const char* library = "[library]\nname = \"x\"\nversion = \"1\"\nartefacts = \"x\"\n";
constexpr const char* scenario = "[[scenario]]\nname = \"x\"\ncommand = \"x\"\n";
constexpr const char* allowance = "[[scenario.allow]]\nfile = \"x\"\nreason = \"x\"\n";

TEST(ManifestSchema, HasEveryKeyThatIsReadAndNoOther) {
  const std::string before(library);
  EXPECT_EQ(keys_of(schema()), keys_that_are_read(unknown + before + scenario));
  EXPECT_EQ(keys_of(schema().at("properties").at("library")), keys_that_are_read(before + unknown + scenario));
  EXPECT_EQ(keys_of(schema().at("properties").at("common")),
            keys_that_are_read(before + "[common]\n" + unknown + scenario));
  EXPECT_EQ(keys_of(schema().at("$defs").at("scenario")), keys_that_are_read(before + scenario + unknown));
  EXPECT_EQ(keys_of(schema().at("$defs").at("allow")), keys_that_are_read(before + scenario + allowance + unknown));
}

Json type_of(const ScenarioSetting& setting) {
  switch (setting.takes) {
    case ScenarioSetting::Takes::text:
      return "string";
    case ScenarioSetting::Takes::texts:
      return "#/$defs/texts";
    case ScenarioSetting::Takes::number:
      return "integer";
    case ScenarioSetting::Takes::flag:
      return "boolean";
  }
  return {};
}

/// "recover|forbid|allow" are the only values; "SIGNAL|ctrl-c|eof|COMMAND" are not.
bool is_choice(std::string_view value) {
  return value.find('|') != std::string_view::npos && value.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ:") == value.npos;
}

TEST(ManifestSchema, HasTheTypesAndTheValuesOfTheSettings) {
  const Json& properties = schema().at("$defs").at("scenario").at("properties");
  for (const ScenarioSetting& setting : scenario_settings()) {
    if (setting.name == "allow") continue;  // tables with a reason, in a manifest
    const Json& property = properties.at(std::string(setting.name));
    EXPECT_EQ(property.contains("enum"), is_choice(setting.value)) << setting.name;
    if (!property.contains("enum")) {
      EXPECT_EQ(property.value("type", property.value("$ref", Json())), type_of(setting)) << setting.name;
      continue;
    }
    std::string joined;
    for (const Json& one : property.at("enum")) joined += (joined.empty() ? "" : "|") + one.get<std::string>();
    EXPECT_EQ(joined, setting.value) << setting.name;
  }
  EXPECT_EQ(properties.at("level"), schema().at("properties").at("common").at("properties").at("level"));
}

}  // namespace
}  // namespace exitproof
