#include "exitproof/scenario_settings.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

Scenario with(std::string_view name, const std::vector<std::string>& words) {
  Scenario scenario;
  scenario_setting(name)->apply(scenario, words);
  return scenario;
}

TEST(ScenarioSettings, AreDistinctAndWhatTheyAreWithoutASettingIsWhatAScenarioHas) {
  std::set<std::string_view> names;
  for (const ScenarioSetting& setting : scenario_settings()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_FALSE(setting.help.empty()) << setting.name;
    EXPECT_EQ(setting.value.empty(), setting.takes == ScenarioSetting::Takes::flag) << setting.name;
    if (!setting.otherwise.empty()) {
      EXPECT_EQ(with(setting.name, {std::string(setting.otherwise)}), Scenario{}) << setting.name;
    }
  }
  EXPECT_EQ(scenario_setting("outputs"), nullptr);
}

TEST(ScenarioSettings, AreRefusedWithWhatWasExpected) {
  for (const auto& [name, text] : {std::pair<std::string, std::string>{"cpus", "0"},
                                   {"cpus", "two"},
                                   {"grace", "1x"},
                                   {"timeout", "0"},
                                   {"ready", "soon"},
                                   {"after-kill", "forgive"},
                                   {"valid", "*.db="},
                                   {"env", "=x"},
                                   {"once", "a(b"},
                                   {"inside", ""},
                                   {"tty", "yes"},
                                   {"agents", "true"},
                                   {"world", "moon"},
                                   {"time-mode", "fast"},
                                   {"net", "none"}}) {
    EXPECT_THROW(with(name, {text}), ParseError) << name;
  }
}

TEST(ScenarioSettings, AVariableThatIsThereIsChanged) {
  Scenario scenario;
  scenario.environment = {{"A", "1"}, {"B", "2"}};
  scenario_setting("env")->apply(scenario, {"A=x=y", "C="});
  const std::vector<std::pair<std::string, std::string>> expected{{"A", "x=y"}, {"B", "2"}, {"C", ""}};
  EXPECT_EQ(scenario.environment, expected);
}

TEST(ScenarioSettings, OnlyACopiedWorldHasANetworkOfItsOwn) {
  Scenario scenario;
  EXPECT_EQ(settle_settings(scenario), std::nullopt);
  EXPECT_TRUE(scenario.fresh_network);
  scenario.world = WorldKind::private_;
  EXPECT_EQ(settle_settings(scenario), std::nullopt);
  EXPECT_FALSE(scenario.own_network || scenario.fresh_network);
}

TEST(ScenarioSettings, NobodyRaisesInsideWithoutAnAgent) {
  Scenario scenario;
  scenario.inside = {"m"};
  EXPECT_EQ(settle_settings(scenario), std::nullopt);
  scenario.agents = false;
  EXPECT_TRUE(settle_settings(scenario).has_value());
}

}  // namespace
}  // namespace exitproof
